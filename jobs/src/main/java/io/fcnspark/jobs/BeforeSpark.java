package io.fcnspark.jobs;

import io.fcnspark.spark.model.LocalModel;
import io.fcnspark.spark.storage.HadoopPaths;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;

/** What can be found wrong before Spark starts, which takes seconds, and on a cluster half a minute. */
final class BeforeSpark {
    private BeforeSpark() {}

    /**
     * Requires a model, if it is on this machine.
     *
     * @throws io.fcnspark.errors.FcnException if there is no bundle, or its description is not valid
     */
    static void requireModel(String uri) {
        Configuration configuration = SparkHadoopUtil.get().newConfiguration(new SparkConf());
        Path path = HadoopPaths.of(uri);
        String scheme = path.toUri().getScheme() == null
                ? FileSystem.getDefaultUri(configuration).getScheme()
                : path.toUri().getScheme();
        if ("file".equals(scheme)) {
            LocalModel.describe(uri, configuration);
        }
    }
}
