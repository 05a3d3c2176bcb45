package io.fcnspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;

class SubmitLineTest {
    private static SparkConf settings() {
        return new SparkConf(false);
    }

    @Test
    void saysWhatSparkSubmitWasGiven() {
        SparkConf settings = settings()
                .set("spark.master", "yarn")
                .set("spark.submit.deployMode", "cluster")
                .set("spark.app.name", "fcn label")
                .set("spark.app.submitTime", "1")
                .set("spark.executor.memory", "2g")
                .set("spark.executor.extraJavaOptions", "-Da=b -Dc='d'");
        SubmitLine line = SubmitLine.of(settings, List.of("label", "--input", "a b"));
        assertThat(line.toString())
                .startsWith("spark-submit --class io.fcnspark.jobs.Fcn --master yarn --deploy-mode cluster"
                        + " --conf 'spark.executor.extraJavaOptions=-Da=b -Dc='\\''d'\\'''"
                        + " --conf spark.executor.memory=2g ")
                .endsWith(" label --input 'a b'");
        assertThat(line.words()).hasSize(15);
    }

    @Test
    void withoutASparkItIsLocal() {
        assertThat(SubmitLine.of(settings(), List.of("label")).toString())
                .startsWith("spark-submit --class io.fcnspark.jobs.Fcn --master 'local[*]' ");
    }

    @Test
    void secretsAreNotInIt() {
        SparkConf settings = settings()
                .set("spark.hadoop.fs.s3a.secret.key", "abc123")
                .set("spark.hadoop.fs.s3a.access.key", "def456")
                .set("spark.driver.extraJavaOptions", "-Dpassword=ghi789");
        assertThat(SubmitLine.of(settings, List.of("label")).toString())
                .contains("spark.hadoop.fs.s3a.secret.key=*********(redacted)")
                .doesNotContain("abc123", "def456", "ghi789");
    }
}
