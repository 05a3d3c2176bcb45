package io.fcnspark.spark.tables;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The table {@code runs} of an output: as Parquet files in the folder {@code runs} beside {@code masks}, or, where the masks are in a
 * table of a catalog, in the table of that name with {@code _runs} at its end.
 */
public final class RunTable {
    private static final TableLayout LAYOUT =
            new TableLayout("runs", "_runs", RunsSchema.SCHEMA, List.of(), List.of(RunsSchema.LEFT_OUT_BY_ENDING));

    private final SparkSession spark;
    private final RowStore store;

    private RunTable(SparkSession spark, RowStore store) {
        this.spark = spark;
        this.store = store;
    }

    /** The table of an output, which need not exist yet; see {@link MaskTable#under}. */
    public static RunTable under(SparkSession spark, String output) {
        return new RunTable(spark, RowStores.of(spark, output, LAYOUT));
    }

    /** Where the table is: URI of its folder, or its name. */
    public String location() {
        return store.location();
    }

    /** All runs that came to an end; none if nothing has been written yet. */
    public Dataset<Row> rows() {
        return store.rows();
    }

    /** Adds a run. */
    public void append(RunRecord run) {
        store.prepare();
        store.append(spark.createDataFrame(List.of(run.toRow()), RunsSchema.SCHEMA));
    }
}
