package io.fcnspark.spark.tables;

import io.fcnspark.errors.BadInputException;
import io.fcnspark.spark.storage.OutputLease;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The table {@code masks}: as Parquet files in the folder {@code masks} of an output folder, or as a table of a catalog; in both
 * cases partitioned by {@code run_date}. What it holds is the only state of a run.
 */
public final class MaskTable {
    private static final TableLayout LAYOUT =
            new TableLayout("masks", "", MasksSchema.SCHEMA, List.of(MasksSchema.RUN_DATE), List.of());

    /** What is sent to all executors is on the driver, too: 100 MB of it. */
    private static final int MOST_BROADCAST = 200_000;

    private static final String REJECTED_PREFIX = "rejected_";

    /** What tells a rejected row from others, under names of its own. */
    private static final StructType REJECTED = new StructType(Stream.of(
                    MasksSchema.IMAGE,
                    MasksSchema.IMAGE_MODIFIED,
                    MasksSchema.IMAGE_BYTES,
                    MasksSchema.MODEL,
                    MasksSchema.LABELLED_AT)
            .map(key -> new StructField(
                    REJECTED_PREFIX + key, MasksSchema.SCHEMA.apply(key).dataType(), true, Metadata.empty()))
            .toArray(StructField[]::new));

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
        return new MaskTable(RowStores.of(spark, output, LAYOUT));
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

    /** The rows of {@link #rows(Column)}, whatever they hold. */
    public Dataset<Row> rows() {
        return rows(functions.lit(true));
    }

    /**
     * The rows of {@link #rows(Column)} for a condition in SQL.
     *
     * @param condition null for all rows
     */
    public Dataset<Row> rowsWhere(String condition) {
        return condition == null ? rows() : rows(functions.expr(condition));
    }

    /**
     * The rows for which a condition holds, but those of rejected images that were tried again later: the later row counts. None
     * if nothing has been written yet. Which rows do not count is found out now and not by each query, for it takes a look at
     * every row; where there are none of them, what is returned is no more than the stored rows.
     */
    public Dataset<Row> rows(Column condition) {
        Dataset<Row> all = store.rows();
        Dataset<Row> chosen = all.filter(condition);
        List<Row> superseded = superseded(all, chosen);
        return superseded.isEmpty()
                ? chosen
                : chosen.join(
                        functions.broadcast(all.sparkSession().createDataFrame(superseded, REJECTED)),
                        isRejected()
                                .and(functions
                                        .col(MasksSchema.LABELLED_AT)
                                        .eqNullSafe(rejected(MasksSchema.LABELLED_AT))),
                        "left_anti");
    }

    /** The keys of rejected rows among the chosen ones, of which there is a later row. */
    private static List<Row> superseded(Dataset<Row> all, Dataset<Row> chosen) {
        Dataset<Row> rejected = chosen.filter(
                        functions.col(MasksSchema.ERROR + ".code").isNotNull())
                .select(Stream.of(REJECTED.fieldNames())
                        .map(name -> functions
                                .col(name.substring(REJECTED_PREFIX.length()))
                                .as(name))
                        .toArray(Column[]::new));
        long count = rejected.count();
        return count == 0
                ? List.of()
                : all.join(
                                count <= MOST_BROADCAST ? functions.broadcast(rejected) : rejected,
                                isRejected()
                                        .and(rejected(MasksSchema.LABELLED_AT)
                                                .lt(functions.col(MasksSchema.LABELLED_AT))))
                        .select(Stream.of(REJECTED.fieldNames())
                                .map(functions::col)
                                .toArray(Column[]::new))
                        .distinct()
                        .collectAsList();
    }

    /** Whether a row is of the image and the model of a rejected one. */
    private static Column isRejected() {
        return Stream.of(MasksSchema.IMAGE, MasksSchema.IMAGE_MODIFIED, MasksSchema.IMAGE_BYTES, MasksSchema.MODEL)
                .map(key -> functions.col(key).eqNullSafe(rejected(key)))
                .reduce(Column::and)
                .orElseThrow();
    }

    private static Column rejected(String key) {
        return functions.col(REJECTED_PREFIX + key);
    }

    /**
     * Leaves out the images that already have a row from the same model and with the same modification time and length. Where
     * nothing has been written yet, that is the same data set.
     *
     * @param images with the columns of a listing
     * @param model identity of the model
     * @param rejected whether images whose row has an error stay in
     */
    public Dataset<Row> withoutDone(Dataset<Row> images, String model, Rejected rejected) {
        if (!exists()) {
            return images;
        }
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

    /** What the table holds now, by a name that its format gives; empty where the format has none. */
    public String version() {
        return store.version();
    }

    /** Adds rows with the columns of {@link MasksSchema#SCHEMA}, all in one commit. */
    public void append(Dataset<Row> rows) {
        store.append(rows);
    }

    /**
     * Adds rows with the columns of {@link MasksSchema#SCHEMA}, all in one commit, if the lease is held right before that commit.
     * Where there are versions, the commit fails if anybody has added rows since.
     *
     * @param version that the rows were made for: what is done was looked up in that one or in a later one
     * @throws BadInputException if the lease is lost, or if there are other rows
     */
    public void append(Dataset<Row> rows, OutputLease lease, String version) {
        store.append(rows, lease, version);
    }

    /** Frees what a run that was killed, or stopped, did not commit; it cannot commit it any more. */
    public void discardUncommitted() {
        store.discardUncommitted();
    }
}
