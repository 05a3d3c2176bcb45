package io.fcnspark.jobs;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jline.utils.AttributedString;

/** Rows as a table of text. The widths follow from the first rows, so that any number of rows can be printed. */
final class TextTable {
    private static final int MEASURED_ROWS = 1000;
    private static final int WIDEST = 80;

    private final PrintWriter out;
    private final String[] names;
    private final boolean[] isNumber;

    TextTable(PrintWriter out, StructType schema) {
        this.out = out;
        this.names = schema.fieldNames();
        StructField[] fields = schema.fields();
        this.isNumber = new boolean[fields.length];
        for (int i = 0; i < fields.length; i++) {
            isNumber[i] = fields[i].dataType() instanceof NumericType;
        }
    }

    /** Prints the header and all rows, and returns how many there are. */
    long print(Iterator<String[]> rows) {
        List<String[]> measured = new ArrayList<>();
        while (rows.hasNext() && measured.size() < MEASURED_ROWS) {
            measured.add(cells(rows.next()));
        }
        int[] widths = widths(measured);
        print(names, widths, new boolean[names.length]);
        out.println(String.join(
                "+",
                Arrays.stream(widths).mapToObj(width -> "-".repeat(width + 2)).toList()));
        measured.forEach(row -> print(row, widths, isNumber));
        long count = measured.size();
        while (rows.hasNext()) {
            print(cells(rows.next()), widths, isNumber);
            count++;
        }
        return count;
    }

    private int[] widths(List<String[]> rows) {
        int[] widths = new int[names.length];
        Stream.concat(Stream.<String[]>of(names), rows.stream()).forEach(row -> {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], width(row[i]));
            }
        });
        return widths;
    }

    private static String[] cells(String[] values) {
        return Arrays.stream(values).map(TextTable::cell).toArray(String[]::new);
    }

    private static String cell(String value) {
        if (value == null) {
            return "NULL";
        }
        String line = value.replaceAll("\\R", " ").replaceAll("\\p{Cntrl}", "?");
        return width(line) <= WIDEST ? line : new AttributedString(line).columnSubSequence(0, WIDEST - 1) + "…";
    }

    private void print(String[] row, int[] widths, boolean[] toTheRight) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < row.length; i++) {
            String space = " ".repeat(Math.max(0, widths[i] - width(row[i])));
            line.append(i == 0 ? " " : " | ").append(toTheRight[i] ? space + row[i] : row[i] + space);
        }
        out.println(line.toString().stripTrailing());
    }

    /** In columns of a terminal, of which some letters take two. */
    private static int width(String text) {
        return new AttributedString(text).columnLength();
    }
}
