package io.fcnspark.spark.tables;

import io.fcnspark.errors.BadInputException;
import io.fcnspark.spark.storage.HadoopPaths;
import io.fcnspark.spark.storage.OutputLease;
import io.fcnspark.spark.storage.RemoteFolder;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;

/** Rows as Parquet files in a folder of the output's folder. A commit makes its files visible, one after the other. */
final class ParquetFolder implements RowStore {
    /**
     * Hadoop's committer gathers what tasks have finished in a folder of this number, by default always 0. A killed run leaves
     * its folder behind, and the next commit of the same number would publish it too.
     */
    private static final String COMMIT_ATTEMPT = "mapreduce.job.application.attempt.id";

    /** Of Hadoop's committer; with the other algorithm, 2, files become visible as tasks end, and no check of the job's holds. */
    private static final String ALGORITHM = "mapreduce.fileoutputcommitter.algorithm.version";

    private static final String FILES_BECOME_VISIBLE_WITH_THE_JOB = "1";

    /** Beginnings of the names of folders in which committers keep what is not committed. */
    private static final List<String> UNCOMMITTED = List.of("_temporary", "__magic");

    private final SparkSession spark;
    private final Path output;
    private final Path folder;
    private final TableLayout layout;

    /** For commits under a lease; null before the first. */
    private SparkSession leasedSession;

    private ParquetFolder(SparkSession spark, Path output, Path folder, TableLayout layout) {
        this.spark = spark;
        this.output = output;
        this.folder = folder;
        this.layout = layout;
    }

    /** In the folder of an output, which need not exist yet. */
    static ParquetFolder in(SparkSession spark, String output, TableLayout layout) {
        return new ParquetFolder(
                spark, HadoopPaths.of(output), new Path(HadoopPaths.of(output), layout.folder()), layout);
    }

    /** In the very folder that is given. */
    static ParquetFolder at(SparkSession spark, String folder, TableLayout layout) {
        return new ParquetFolder(spark, HadoopPaths.of(folder).getParent(), HadoopPaths.of(folder), layout);
    }

    @Override
    public boolean exists() {
        String name = layout.partitionedBy().stream()
                .findFirst()
                .map(column -> column + "=*")
                .orElse("part-*");
        try {
            FileStatus[] matches = fileSystem().globStatus(new Path(HadoopPaths.globEscaped(folder), name));
            return matches != null && matches.length > 0;
        } catch (IOException e) {
            throw new BadInputException("%s cannot be read: %s".formatted(folder, HadoopPaths.reason(e)), e);
        }
    }

    @Override
    public String location() {
        return folder.toString();
    }

    @Override
    public Dataset<Row> rows() {
        // The schema is known: files need not be opened to learn it.
        return exists()
                ? spark.read().schema(layout.schema()).parquet(HadoopPaths.globEscaped(folder))
                : spark.createDataFrame(List.of(), layout.schema());
    }

    @Override
    public void requireWritable() {
        try {
            RemoteFolder.of(output.toString(), spark.sparkContext().hadoopConfiguration())
                    .requireWritable();
        } catch (IOException e) {
            throw OutputLease.notWritable(output.toString(), e);
        }
    }

    @Override
    public void prepare() {
        // The first rows make the folder.
    }

    @Override
    public String claims() {
        return output.toString();
    }

    @Override
    public String version() {
        return "";
    }

    @Override
    public void append(Dataset<Row> rows) {
        append(rows, Map.of());
    }

    @Override
    public void append(Dataset<Row> rows, OutputLease lease, String version) {
        lease.requireHeld();
        if (leasedSession == null) {
            leasedSession = LeasedCommitProtocol.session(spark);
        }
        Dataset<Row> leased = Dataset.ofRows(leasedSession, rows.logicalPlan());
        LeasedCommitProtocol.commit(lease, options -> append(leased, options));
    }

    private void append(Dataset<Row> rows, Map<String, String> options) {
        rows.write()
                .mode(SaveMode.Append)
                .option(COMMIT_ATTEMPT, ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE))
                .option(ALGORITHM, FILES_BECOME_VISIBLE_WITH_THE_JOB)
                .options(options)
                .partitionBy(layout.partitionedBy().toArray(String[]::new))
                .parquet(folder.toString());
    }

    /** Files that nobody sees, and on S3 uploads that cost storage. */
    @Override
    public void discardUncommitted() {
        try {
            // First, what a committer's own clean-up reads: on S3, one that fails deletes what it has just made
            // visible,
            // by lists that it keeps here.
            for (FileStatus status : listed()) {
                String name = status.getPath().getName();
                if (UNCOMMITTED.stream().anyMatch(name::startsWith)) {
                    fileSystem().delete(status.getPath(), true);
                }
            }
        } catch (IOException e) {
            throw OutputLease.notWritable(output.toString(), e);
        }
        // Then uploads: a commit ends them, even one of nothing.
        append(spark.createDataFrame(List.of(), layout.schema()));
    }

    private FileStatus[] listed() throws IOException {
        try {
            return fileSystem().listStatus(folder);
        } catch (FileNotFoundException e) {
            return new FileStatus[0];
        }
    }

    private FileSystem fileSystem() throws IOException {
        return HadoopPaths.fileSystem(output, spark.sparkContext().hadoopConfiguration());
    }
}
