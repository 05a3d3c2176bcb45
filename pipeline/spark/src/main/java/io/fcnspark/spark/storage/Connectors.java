package io.fcnspark.spark.storage;

import io.fcnspark.errors.BadInputException;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.util.VersionInfo;

/** Where the code for a storage comes from that is not on the class path. */
final class Connectors {
    private static final String SAME_VERSION = ":" + VersionInfo.getVersion();

    /** Artifacts by scheme. */
    private static final Map<String, String> ARTIFACTS = Map.ofEntries(
            Map.entry("s3a", "org.apache.hadoop:hadoop-aws" + SAME_VERSION),
            Map.entry("abfs", "org.apache.hadoop:hadoop-azure" + SAME_VERSION),
            Map.entry("abfss", "org.apache.hadoop:hadoop-azure" + SAME_VERSION),
            Map.entry("wasb", "org.apache.hadoop:hadoop-azure" + SAME_VERSION),
            Map.entry("wasbs", "org.apache.hadoop:hadoop-azure" + SAME_VERSION),
            Map.entry("adl", "org.apache.hadoop:hadoop-azure-datalake" + SAME_VERSION),
            Map.entry("oss", "org.apache.hadoop:hadoop-aliyun" + SAME_VERSION),
            Map.entry("cosn", "org.apache.hadoop:hadoop-cos" + SAME_VERSION),
            Map.entry("obs", "org.apache.hadoop:hadoop-huaweicloud" + SAME_VERSION),
            Map.entry("gs", "com.google.cloud.bigdataoss:gcs-connector, of a version for Hadoop 3"));

    private Connectors() {}

    /** Artifacts, with their versions, by the scheme that they know. */
    static Map<String, String> artifacts() {
        return ARTIFACTS;
    }

    /** That no file system on the class path has the scheme of a path, and what to do. */
    static BadInputException missing(Path path, Exception cause) {
        String scheme = path.toUri().getScheme();
        return new BadInputException(
                "%s: no file system for %s:// is on the class path. %s".formatted(path, scheme, remedy(scheme)), cause);
    }

    private static String remedy(String scheme) {
        if ("s3".equals(scheme) || "s3n".equals(scheme)) {
            return "Write s3a:// instead, or set spark.hadoop.fs.%s.impl to org.apache.hadoop.fs.s3a.S3AFileSystem"
                    .formatted(scheme);
        }
        String artifact = ARTIFACTS.get(scheme);
        return artifact == null
                ? "Check the spelling, or add the artifact of its connector to spark.jars.packages"
                : "Add %s to spark.jars.packages".formatted(artifact);
    }
}
