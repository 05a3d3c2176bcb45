package io.fcnspark.spark;

import io.fcnspark.spark.functions.FcnSparkExtensions;
import org.apache.spark.sql.SparkSession;

/** The one Spark session of all tests: two cores, no web page, loopback only. */
public final class SharedSpark {
    private static final SparkSession SESSION = SparkSession.builder()
            .appName("tests")
            .master("local[2]")
            .config("spark.ui.enabled", false)
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.sql.shuffle.partitions", 4)
            .config("spark.default.parallelism", 2)
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.extensions", FcnSparkExtensions.class.getName())
            .getOrCreate();

    private SharedSpark() {}

    /** The session; never to be closed. */
    public static SparkSession session() {
        return SESSION;
    }
}
