package io.fcnspark.spark.tables;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * The table {@code masks} as Parquet files in the folder {@code masks} of an output folder, partitioned by {@code run_date}.
 * What it holds is the only state of a run.
 */
public final class MaskTable {
    private static final String FOLDER = "masks";

    /**
     * Hadoop's committer gathers what tasks have finished in a folder of this number, by default always 0. A killed run leaves
     * its folder behind, and the next commit of the same number would publish it too.
     */
    private static final String COMMIT_ATTEMPT = "mapreduce.job.application.attempt.id";

    private final SparkSession spark;
    private final Path output;
    private final Path masks;

    private MaskTable(SparkSession spark, Path output, Path masks) {
        this.spark = spark;
        this.output = output;
        this.masks = masks;
    }

    /** The table under an output folder, which need not exist yet. */
    public static MaskTable under(SparkSession spark, String output) {
        return new MaskTable(spark, new Path(output), new Path(output, FOLDER));
    }

    /** The table of which the output folder or the table's own folder is given. */
    public static MaskTable at(SparkSession spark, String uri) {
        Path path = new Path(uri);
        MaskTable itself = new MaskTable(spark, path.getParent(), path);
        return itself.exists() ? itself : under(spark, uri);
    }

    /** Whether anything has been written to it. */
    public boolean exists() {
        try {
            FileStatus[] partitions =
                    fileSystem().globStatus(new Path(ImageListing.globEscaped(masks), MasksSchema.RUN_DATE + "=*"));
            return partitions != null && partitions.length > 0;
        } catch (IOException e) {
            throw new BadInputException("%s cannot be read: %s".formatted(masks, ImageListing.reason(e)), e);
        }
    }

    /** Where the table is. */
    public String location() {
        return masks.toString();
    }

    /**
     * All rows but those of rejected images that were tried again later: the later row counts. None if nothing has been written
     * yet.
     */
    public Dataset<Row> rows() {
        Dataset<Row> all = everyRow();
        Dataset<Row> rejected = all.filter(functions.col(MasksSchema.ERROR).isNotNull());
        Dataset<Row> others = everyRow();
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

    private Dataset<Row> everyRow() {
        // The schema is known: files need not be opened to learn it.
        return exists()
                ? spark.read().schema(MasksSchema.SCHEMA).parquet(ImageListing.globEscaped(masks))
                : spark.createDataFrame(List.of(), MasksSchema.SCHEMA);
    }

    /**
     * Leaves out the images that already have a row from the same model and with the same modification time and length.
     *
     * @param images with the columns of a listing
     * @param model identity of the model
     * @param rejected whether images whose row has an error stay in
     */
    public Dataset<Row> withoutDone(Dataset<Row> images, String model, Rejected rejected) {
        Dataset<Row> rows = everyRow().filter(functions.col(MasksSchema.MODEL).equalTo(model));
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
        rows.write()
                .mode(SaveMode.Append)
                .option(COMMIT_ATTEMPT, ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE))
                .partitionBy(MasksSchema.RUN_DATE)
                .parquet(masks.toString());
    }

    /** Frees what a killed run did not commit: files that nobody sees, and on S3 uploads that cost storage. */
    public void discardUncommitted() {
        // A commit does it, even one of nothing.
        append(spark.createDataFrame(List.of(), MasksSchema.SCHEMA));
    }

    private FileSystem fileSystem() throws IOException {
        Configuration configuration = spark.sparkContext().hadoopConfiguration();
        return output.getFileSystem(configuration);
    }
}
