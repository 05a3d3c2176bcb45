package io.fcnspark.spark.tables;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.expr;

import io.fcnspark.errors.BadInputException;
import io.fcnspark.spark.storage.StorageUris;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** The temporary views of an output that people ask their questions of. */
public final class ResultViews {
    /** The rows of {@link MaskTable#rows()}. */
    public static final String MASKS = "masks";

    /** Images without a mask, or whose truth could not be used, with {@code code} and {@code message}. */
    public static final String REJECTS = "rejects";

    /** A row per run that came to an end, see {@link RunsSchema}. */
    public static final String RUNS = "runs";

    /** A row per image and class that its mask has; made from the column of counts, so that no mask is decoded. */
    public static final String CLASSES = "classes";

    /** All of them. */
    public static final List<String> NAMES = List.of(MASKS, REJECTS, RUNS, CLASSES);

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
            throw new BadInputException(
                    "%s holds no table of masks: expected the output of a labelling run".formatted(uri));
        }
        Dataset<Row> rows = table.rows();
        rows.createOrReplaceTempView(MASKS);
        rejects(rows).createOrReplaceTempView(REJECTS);
        RunTable.under(spark, output(uri)).rows().createOrReplaceTempView(RUNS);
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

    /** Of an output folder or its folder of masks, the output; the name of a table as it is. */
    private static String output(String uri) {
        return uri.replaceFirst("/" + MASKS + "/*$", "");
    }
}
