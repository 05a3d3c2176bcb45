package io.fcnspark.spark.tables;

import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * The table {@code masks}: as Parquet files in the folder {@code masks} of an output folder, or as a table of a catalog; in both
 * cases partitioned by {@code run_date}. What it holds is the only state of a run.
 */
public final class MaskTable {
    private static final TableLayout LAYOUT =
            new TableLayout("masks", "", MasksSchema.SCHEMA, List.of(MasksSchema.RUN_DATE));

    private final RowStore store;

    private MaskTable(RowStore store) {
        this.store = store;
    }

    /**
     * The table of an output, which need not exist yet.
     *
     * @param output path or URI of the output's folder, or the name of a table: {@code CATALOG.NAMESPACE.TABLE}
     * @throws BadInputException if there is no such catalog
     */
    public static MaskTable under(SparkSession spark, String output) {
        return new MaskTable(RowStore.of(spark, output, LAYOUT));
    }

    /**
     * The table of which the output folder, the table's own folder, or the name is given.
     *
     * @throws BadInputException if it is the name of a table that does not exist
     */
    public static MaskTable at(SparkSession spark, String uri) {
        if (TableName.of(uri).isPresent()) {
            MaskTable named = under(spark, uri);
            if (!named.exists()) {
                throw new BadInputException(
                        "there is no table %s (for a folder of that name, write ./%s)".formatted(uri, uri));
            }
            return named;
        }
        MaskTable itself = new MaskTable(ParquetFolder.at(spark, uri, LAYOUT));
        return itself.exists() ? itself : under(spark, uri);
    }

    /** Whether anything has been written to it. */
    public boolean exists() {
        return store.exists();
    }

    /** Where the table is: URI of its folder, or its name. */
    public String location() {
        return store.location();
    }

    /**
     * Makes sure, as far as can be seen without changing anything, that rows can be appended.
     *
     * @throws BadInputException if not
     */
    public void requireWritable() {
        store.requireWritable();
    }

    /**
     * Makes the table ready for rows to be appended, and tells in which folder runs claim the right to; see {@link OutputLease}.
     *
     * @throws BadInputException if it cannot be written
     */
    public String prepare() {
        store.prepare();
        return store.claims();
    }

    /**
     * All rows but those of rejected images that were tried again later: the later row counts. None if nothing has been written
     * yet.
     */
    public Dataset<Row> rows() {
        Dataset<Row> all = store.rows();
        Dataset<Row> rejected = all.filter(functions.col(MasksSchema.ERROR).isNotNull());
        Dataset<Row> others = store.rows();
        Dataset<Row> superseded = rejected.join(
                        others,
                        sameImage(rejected, others)
                                .and(same(rejected, others, MasksSchema.MODEL))
                                .and(rejected.col(MasksSchema.LABELLED_AT).lt(others.col(MasksSchema.LABELLED_AT))),
                        "left_semi")
                .select(
                        MasksSchema.IMAGE,
                        MasksSchema.IMAGE_MODIFIED,
                        MasksSchema.IMAGE_BYTES,
                        MasksSchema.MODEL,
                        MasksSchema.LABELLED_AT);
        return all.join(
                functions.broadcast(superseded),
                sameImage(all, superseded)
                        .and(same(all, superseded, MasksSchema.MODEL))
                        .and(same(all, superseded, MasksSchema.LABELLED_AT)),
                "left_anti");
    }

    /**
     * Leaves out the images that already have a row from the same model and with the same modification time and length.
     *
     * @param images with the columns of a listing
     * @param model identity of the model
     * @param rejected whether images whose row has an error stay in
     */
    public Dataset<Row> withoutDone(Dataset<Row> images, String model, Rejected rejected) {
        Dataset<Row> rows = store.rows().filter(functions.col(MasksSchema.MODEL).equalTo(model));
        Dataset<Row> done = (rejected == Rejected.RETRY
                        ? rows.filter(functions.col(MasksSchema.ERROR).isNull())
                        : rows)
                .select(MasksSchema.IMAGE, MasksSchema.IMAGE_MODIFIED, MasksSchema.IMAGE_BYTES);
        return images.join(done, sameImage(images, done), "left_anti");
    }

    private static Column sameImage(Dataset<Row> left, Dataset<Row> right) {
        return same(left, right, MasksSchema.IMAGE)
                .and(same(left, right, MasksSchema.IMAGE_MODIFIED))
                .and(same(left, right, MasksSchema.IMAGE_BYTES));
    }

    private static Column same(Dataset<Row> left, Dataset<Row> right, String column) {
        return left.col(column).eqNullSafe(right.col(column));
    }

    /** Adds rows with the columns of {@link MasksSchema#SCHEMA}, all in one commit. */
    public void append(Dataset<Row> rows) {
        store.append(rows);
    }

    /** Frees what a killed run did not commit. */
    public void discardUncommitted() {
        store.discardUncommitted();
    }
}
