package io.fcnspark.jobs;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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
    private final Columns columns;

    TextTable(PrintWriter out, StructType schema) {
        this.out = out;
        this.names = schema.fieldNames();
        StructField[] fields = schema.fields();
        boolean[] isNumber = new boolean[fields.length];
        for (int i = 0; i < fields.length; i++) {
            isNumber[i] = fields[i].dataType() instanceof NumericType;
        }
        this.columns = new Columns(" | ", isNumber);
    }

    /** Prints the header and all rows, and returns how many there are. */
    long print(Iterator<String[]> rows) {
        List<String[]> measured = new ArrayList<>();
        while (rows.hasNext() && measured.size() < MEASURED_ROWS) {
            measured.add(cells(rows.next()));
        }
        columns.fit(names);
        measured.forEach(columns::fit);
        out.println((" " + columns.names(names)).stripTrailing());
        out.println(IntStream.range(0, names.length)
                .mapToObj(i -> "-".repeat(columns.width(i) + 2))
                .collect(Collectors.joining("+")));
        measured.forEach(this::print);
        long count = measured.size();
        while (rows.hasNext()) {
            print(cells(rows.next()));
            count++;
        }
        return count;
    }

    private void print(String[] row) {
        out.println((" " + columns.line(row)).stripTrailing());
    }

    private static String[] cells(String[] values) {
        return Arrays.stream(values).map(TextTable::cell).toArray(String[]::new);
    }

    private static String cell(String value) {
        if (value == null) {
            return "NULL";
        }
        String line = value.replaceAll("\\R", " ").replaceAll("\\p{Cntrl}", "?");
        return Columns.width(line) <= WIDEST ? line : new AttributedString(line).columnSubSequence(0, WIDEST - 1) + "…";
    }
}
