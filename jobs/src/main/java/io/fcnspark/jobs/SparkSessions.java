package io.fcnspark.jobs;

import io.fcnspark.spark.functions.FcnSparkExtensions;
import java.nio.file.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/** Opens the Spark that a job runs on: spark-submit's, or an embedded one. */
final class SparkSessions {
    private static final String COMMITTERS = "org.apache.spark.internal.io.cloud.";
    private static final String PROTOCOL = "PathOutputCommitProtocol";

    private static final String EXTENSIONS = "spark.sql.extensions";
    private static final String FUNCTIONS = FcnSparkExtensions.class.getName();

    /** S3A's own two, for keys in the configuration, then all the places where AWS's tools look; S3A leaves out profiles. */
    private static final String CREDENTIALS = "org.apache.hadoop.fs.s3a.TemporaryAWSCredentialsProvider,"
            + "org.apache.hadoop.fs.s3a.SimpleAWSCredentialsProvider,"
            + "com.amazonaws.auth.DefaultAWSCredentialsProviderChain";

    private SparkSessions() {}

    /**
     * A session with the settings of spark-submit; without spark-submit, an embedded one with a thread a processor, of which
     * any setting can be changed by a system property, for example {@code -Dspark.master=local[4]}. The caller closes it.
     *
     * @param name what Spark's pages call the application
     */
    static SparkSession open(String name) {
        Logs.quietSparksDefaults();
        SparkConf conf = new SparkConf();
        if (!conf.contains("spark.master")) {
            conf.setMaster("local[*]");
        }
        if (isLocal(conf)) {
            embed(conf);
        }
        // Wherever they are on the class path; some distributions of Spark come without them.
        if (SparkSessions.class.getClassLoader().getResource(COMMITTERS.replace('.', '/') + PROTOCOL + ".class")
                != null) {
            commitWithoutRenaming(conf);
        }
        // Beside those that are there, such as a catalog's.
        conf.set(EXTENSIONS, conf.contains(EXTENSIONS) ? conf.get(EXTENSIONS) + "," + FUNCTIONS : FUNCTIONS);
        // What is broadcast is weights, which do not shrink.
        conf.setIfMissing("spark.broadcast.compress", "false");
        // Training sends whole networks back: 1.6 GB for one of full width with Adam.
        conf.setIfMissing("spark.driver.maxResultSize", "0");
        return SparkSession.builder().appName(name).config(conf).getOrCreate();
    }

    /** Whether driver and executor are this process. */
    static boolean isLocal(SparkConf conf) {
        return conf.get("spark.master", "local").startsWith("local");
    }

    private static void embed(SparkConf conf) {
        // One process talks to itself: no port on the network, no web page.
        conf.setIfMissing("spark.driver.host", "127.0.0.1");
        conf.setIfMissing("spark.driver.bindAddress", "127.0.0.1");
        conf.setIfMissing("spark.ui.enabled", "false");
        conf.setIfMissing("spark.ui.showConsoleProgress", "false");
        conf.setIfMissing(
                "spark.sql.warehouse.dir",
                Path.of(System.getProperty("java.io.tmpdir"), "fcn-spark-warehouse")
                        .toUri()
                        .toString());
        // As many as can run at once, and no more: each costs milliseconds even if it has nothing to do.
        conf.setIfMissing(
                "spark.sql.shuffle.partitions",
                Integer.toString(2 * Runtime.getRuntime().availableProcessors()));
        // How often progress is told.
        conf.setIfMissing("spark.executor.heartbeatInterval", "5s");
        conf.setIfMissing("spark.hadoop.fs.s3a.aws.credentials.provider", CREDENTIALS);
    }

    /** Renaming on S3 is copying: the magic committer uploads to the final place instead. */
    private static void commitWithoutRenaming(SparkConf conf) {
        conf.setIfMissing("spark.hadoop.fs.s3a.committer.name", "magic");
        conf.setIfMissing("spark.sql.sources.commitProtocolClass", COMMITTERS + PROTOCOL);
        conf.setIfMissing("spark.sql.parquet.output.committer.class", COMMITTERS + "BindingParquetOutputCommitter");
    }
}
