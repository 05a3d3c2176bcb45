package io.fcnspark.jobs;

import org.jline.utils.AttributedString;

/** Lines of cells in columns: words to the left, numbers to the right. A column is as wide as the widest cell that it has to fit. */
final class Columns {
    private final String separator;
    private final boolean[] toTheRight;
    private final int[] widths;

    /** @param toTheRight of each column, whether its cells stand at its right end */
    Columns(String separator, boolean... toTheRight) {
        this.separator = separator;
        this.toTheRight = toTheRight.clone();
        this.widths = new int[toTheRight.length];
    }

    /** Makes room for a line. */
    void fit(String... cells) {
        for (int i = 0; i < widths.length; i++) {
            widths[i] = Math.max(widths[i], width(cells[i]));
        }
    }

    /** A line, without blanks at its end. A cell that is wider than its column pushes the others. */
    String line(String... cells) {
        return line(toTheRight, cells);
    }

    /** A line with every cell to the left, for names of columns. */
    String names(String... cells) {
        return line(new boolean[widths.length], cells);
    }

    private String line(boolean[] right, String... cells) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String space = " ".repeat(Math.max(0, widths[i] - width(cells[i])));
            line.append(i == 0 ? "" : separator).append(right[i] ? space + cells[i] : cells[i] + space);
        }
        return line.toString().stripTrailing();
    }

    /** The width of a column. */
    int width(int column) {
        return widths[column];
    }

    /** In columns of a terminal, of which some letters take two. */
    static int width(String text) {
        return new AttributedString(text).columnLength();
    }
}
