package io.fcnspark.spark.tables;

import java.io.IOException;
import java.util.List;
import java.util.UUID;
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

    /** All rows; none if nothing has been written yet. */
    public Dataset<Row> rows() {
        // The schema is known: files need not be opened to learn it.
        return exists()
                ? spark.read().schema(MasksSchema.SCHEMA).parquet(ImageListing.globEscaped(masks))
                : spark.createDataFrame(List.of(), MasksSchema.SCHEMA);
    }

    /**
     * Leaves out the images that already have a row, labelled or rejected, from the same model and with the same modification
     * time and length.
     *
     * @param images with the columns of a listing
     * @param model identity of the model
     */
    public Dataset<Row> withoutDone(Dataset<Row> images, String model) {
        Dataset<Row> done = rows().filter(functions.col(MasksSchema.MODEL).equalTo(model))
                .select(MasksSchema.IMAGE, MasksSchema.IMAGE_MODIFIED, MasksSchema.IMAGE_BYTES);
        Column same = same(images, done, MasksSchema.IMAGE)
                .and(same(images, done, MasksSchema.IMAGE_MODIFIED))
                .and(same(images, done, MasksSchema.IMAGE_BYTES));
        return images.join(done, same, "left_anti");
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

    /**
     * Makes the output folder and writes a file into it, so that a run fails before its work and not after.
     *
     * @throws BadInputException if that fails
     */
    public void requireWritable() {
        Path probe = new Path(output, "." + FOLDER + "-writable-" + UUID.randomUUID());
        try {
            FileSystem fileSystem = fileSystem();
            if (!fileSystem.mkdirs(output)) {
                throw new IOException("the folder cannot be made");
            }
            fileSystem.create(probe).close();
            fileSystem.delete(probe, false);
        } catch (IOException e) {
            throw new BadInputException(
                    "output %s cannot be written: %s. Choose another --output, or give this user the right to write there"
                            .formatted(output, ImageListing.reason(e)),
                    e);
        }
    }

    private FileSystem fileSystem() throws IOException {
        Configuration configuration = spark.sparkContext().hadoopConfiguration();
        return output.getFileSystem(configuration);
    }
}
