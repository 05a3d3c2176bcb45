package io.fcnspark.jobs;

import static org.apache.spark.sql.functions.base64;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;

import com.univocity.parsers.csv.CsvWriter;
import com.univocity.parsers.csv.CsvWriterSettings;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.DoubleSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** How the rows of a query are printed. Rows come some partitions at a time, so that a result may be larger than the memory. */
enum ResultFormat {
    /** Columns side by side. */
    TABLE {
        @Override
        void print(Dataset<Row> result, PrintWriter out, DoubleSupplier seconds) {
            Dataset<Row> texts = texts(result, ResultFormat::forReading);
            long rows = new TextTable(out, result.schema()).print(rows(texts));
            out.printf(Locale.ROOT, "(%d %s, %.1f s)%n%n", rows, rows == 1 ? "row" : "rows", seconds.getAsDouble());
        }
    },
    /** Values separated by commas. */
    CSV {
        @Override
        void print(Dataset<Row> result, PrintWriter out, DoubleSupplier seconds) {
            CsvWriterSettings settings = new CsvWriterSettings();
            // What tells an empty text from no value.
            settings.setEmptyValue("\"\"");
            CsvWriter csv = new CsvWriter(out, settings);
            csv.writeHeaders(result.columns());
            rows(texts(result, ResultFormat::forPrograms)).forEachRemaining(csv::writeRow);
            csv.flush();
        }
    },
    /** A JSON object a line. */
    JSON {
        @Override
        void print(Dataset<Row> result, PrintWriter out, DoubleSupplier seconds) {
            Column[] named = IntStream.range(0, result.columns().length)
                    .mapToObj(i -> col(position(i)).as(result.columns()[i]))
                    .toArray(Column[]::new);
            ResultRows.of(numbered(result).select(to_json(struct(named), Map.of("ignoreNullFields", "false"))))
                    .forEachRemaining(row -> out.println(row.getString(0)));
        }
    };

    abstract void print(Dataset<Row> result, PrintWriter out, DoubleSupplier seconds);

    static ResultFormat of(String id) {
        return Arrays.stream(values())
                .filter(format -> format.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown format '%s': expected one of %s"
                        .formatted(
                                id,
                                Arrays.stream(values()).map(ResultFormat::id).collect(Collectors.joining(", ")))));
    }

    private String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Columns may have the same name twice, or a dot in it: they are told apart by their place. */
    private static Dataset<Row> numbered(Dataset<Row> result) {
        return result.toDF(IntStream.range(0, result.columns().length)
                .mapToObj(ResultFormat::position)
                .toArray(String[]::new));
    }

    private static String position(int i) {
        return "column" + i;
    }

    private static Dataset<Row> texts(Dataset<Row> result, BiFunction<Column, DataType, Column> text) {
        StructField[] fields = result.schema().fields();
        return numbered(result)
                .select(IntStream.range(0, fields.length)
                        .mapToObj(i -> text.apply(col(position(i)), fields[i].dataType()))
                        .toArray(Column[]::new));
    }

    private static Column forReading(Column value, DataType type) {
        return type instanceof BinaryType ? concat(length(value).cast("string"), lit(" bytes")) : value.cast("string");
    }

    private static Column forPrograms(Column value, DataType type) {
        if (type instanceof BinaryType) {
            return base64(value);
        }
        return type instanceof StructType || type instanceof ArrayType || type instanceof MapType
                ? to_json(value)
                : value.cast("string");
    }

    private static Iterator<String[]> rows(Dataset<Row> texts) {
        Iterator<Row> rows = ResultRows.of(texts);
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return rows.hasNext();
            }

            @Override
            public String[] next() {
                Row row = rows.next();
                return IntStream.range(0, row.size()).mapToObj(row::getString).toArray(String[]::new);
            }
        };
    }
}
