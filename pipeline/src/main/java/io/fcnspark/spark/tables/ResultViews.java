package io.fcnspark.spark.tables;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.first;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;

import java.io.IOException;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** The temporary views of an output that people ask their questions of. */
public final class ResultViews {
    /** The rows of {@link MaskTable#rows()}. */
    public static final String MASKS = "masks";

    /** Images without a mask, or whose truth could not be used, with {@code code} and {@code message}. */
    public static final String REJECTS = "rejects";

    /** A row per run. */
    public static final String RUNS = "runs";

    /** A row per image and class that its mask has; made from the column of counts, so that no mask is decoded. */
    public static final String CLASSES = "classes";

    /** All of them. */
    public static final List<String> NAMES = List.of(MASKS, REJECTS, RUNS, CLASSES);

    private static final String RUNS_FOLDER = "runs";

    private ResultViews() {}

    /**
     * Makes the views of a session, in place of those that it had.
     *
     * @param uri an output folder, or the folder of its table
     * @throws BadInputException if nothing has been labelled there
     */
    public static void create(SparkSession spark, String uri) {
        StorageUris.requireNoCredentials(List.of(uri));
        MaskTable table = MaskTable.at(spark, uri);
        if (!table.exists()) {
            throw new BadInputException("%s holds no table of masks: expected the output of fcn label".formatted(uri));
        }
        Dataset<Row> rows = table.rows();
        rows.createOrReplaceTempView(MASKS);
        rejects(rows).createOrReplaceTempView(REJECTS);
        runs(spark, table, rows).createOrReplaceTempView(RUNS);
        classes(rows).createOrReplaceTempView(CLASSES);
    }

    private static Dataset<Row> rejects(Dataset<Row> rows) {
        return rows.filter(col(MasksSchema.ERROR).isNotNull())
                .select(
                        col(MasksSchema.IMAGE),
                        col(MasksSchema.ERROR).getField("code").as("code"),
                        col(MasksSchema.ERROR).getField("message").as("message"),
                        col(MasksSchema.IMAGE_BYTES),
                        col(MasksSchema.MODEL),
                        col(MasksSchema.RUN_ID),
                        col(MasksSchema.RUN_DATE),
                        col(MasksSchema.LABELLED_AT));
    }

    private static Dataset<Row> classes(Dataset<Row> rows) {
        return rows.withColumn("c", explode(col(MasksSchema.CLASSES)))
                .select(
                        col(MasksSchema.IMAGE),
                        col(MasksSchema.MODEL),
                        col(MasksSchema.RUN_ID),
                        col(MasksSchema.RUN_DATE),
                        col("c.id").as("class_id"),
                        col("c.name").as("name"),
                        col("c.pixels").as("pixels"),
                        expr("c.pixels / (CAST(height AS BIGINT) * width)").as("share"),
                        col("c.mean_confidence").as(MasksSchema.MEAN_CONFIDENCE));
    }

    /** As the runs recorded themselves; of an output without records, as far as the rows tell. */
    private static Dataset<Row> runs(SparkSession spark, MaskTable table, Dataset<Row> rows) {
        Path recorded = new Path(new Path(table.location()).getParent(), RUNS_FOLDER);
        if (isFilled(spark, recorded)) {
            return spark.read().parquet(ImageListing.globEscaped(recorded));
        }
        return rows.groupBy(MasksSchema.RUN_ID)
                .agg(
                        min(MasksSchema.RUN_DATE).as(MasksSchema.RUN_DATE),
                        min(MasksSchema.LABELLED_AT).as("started_at"),
                        max(MasksSchema.LABELLED_AT).as("finished_at"),
                        count(lit(1)).as("images"),
                        // Where there is a mask there is its height, which costs less to look at.
                        count(MasksSchema.HEIGHT).as("labelled"),
                        count(MasksSchema.ERROR).as("rejected"),
                        expr("avg(mean_confidence)").as(MasksSchema.MEAN_CONFIDENCE),
                        first(MasksSchema.MODEL).as(MasksSchema.MODEL),
                        first(MasksSchema.ENGINE).as(MasksSchema.ENGINE),
                        first(MasksSchema.PRECISION).as(MasksSchema.PRECISION));
    }

    private static boolean isFilled(SparkSession spark, Path folder) {
        try {
            FileStatus[] files = folder.getFileSystem(spark.sparkContext().hadoopConfiguration())
                    .globStatus(
                            new Path(ImageListing.globEscaped(folder), "*"),
                            path -> !FolderListing.isHidden(path.getName()));
            return files != null && files.length > 0;
        } catch (IOException e) {
            throw new BadInputException("%s cannot be read: %s".formatted(folder, ImageListing.reason(e)), e);
        }
    }
}
