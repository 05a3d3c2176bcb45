package io.fcnspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.util.VersionInfo;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorTest {
    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();

    private int doctor(String... more) {
        String[] arguments = new String[1 + more.length];
        arguments[0] = "doctor";
        System.arraycopy(more, 0, arguments, 1, more.length);
        return Fcn.run(new PrintWriter(out), new PrintWriter(System.err, true, Charset.defaultCharset()), arguments);
    }

    @Test
    void aScreenSaysWhatABugReportNeeds() {
        assertThat(doctor()).isZero();
        assertThat(out.toString())
                .contains(
                        "fcn-spark ", "java ", "spark ", "scala ", "hadoop " + " ".repeat(9) + VersionInfo.getVersion())
                .contains("os ", "encodings ", "processor ", "features ", "memory ", "GPUs ", "engines", "settings")
                .containsPattern("  onnxruntime +.*fp32 on cpu")
                .containsPattern("  onnxruntime +.*\n +not .*fp16")
                .containsPattern("storages .*\\bfile\\b.*\\bs3a\\b")
                .containsPattern("missing .*\\babfss\\b.*\\bgs\\b");
        assertThat(out.toString().lines()).hasSizeLessThan(60);
    }

    @Test
    void theSameComesAsJsonWithoutSecrets() throws Exception {
        System.setProperty("spark.hadoop.fs.s3a.secret.key", "hush");
        System.setProperty("spark.hadoop.fs.s3a.endpoint", "http://user:hush@127.0.0.1:9000");
        System.setProperty("spark.hadoop.fs.s3a.path.style.access", "true");
        Path file = folder.resolve("doctor.json");
        try {
            assertThat(doctor("--json", file.toString())).isZero();
        } finally {
            System.clearProperty("spark.hadoop.fs.s3a.secret.key");
            System.clearProperty("spark.hadoop.fs.s3a.endpoint");
            System.clearProperty("spark.hadoop.fs.s3a.path.style.access");
        }
        assertThat(file).content().doesNotContain("hush");
        assertThat(out.toString()).doesNotContain("hush");
        JsonNode json = new ObjectMapper().readTree(Files.readString(file));
        assertThat(json.at("/settings/spark.hadoop.fs.s3a.path.style.access").asText())
                .isEqualTo("true");
        assertThat(json.at("/settings").has("spark.hadoop.fs.s3a.secret.key")).isTrue();
        assertThat(json.at("/storages/file").asText()).endsWith("LocalFileSystem");
        assertThat(json.at("/storages_missing/abfss").asText())
                .isEqualTo("org.apache.hadoop:hadoop-azure:" + VersionInfo.getVersion());
        assertThat(json.at("/engines"))
                .allSatisfy(state -> assertThat(state.get("available").asBoolean())
                        .isEqualTo(state.get("reason").isNull()));
        assertThat(json.at("/processor/cores").asInt()).isPositive();
    }

    @Test
    void wordsOfJavasOptionsAreHiddenOneByOne() {
        assertThat(Redaction.of(new SparkConf(false))
                        .words("-Xmx8g -Dspark.hadoop.fs.s3a.secret.key=hush -Dspark.master=local[4]"))
                .isEqualTo("-Xmx8g -Dspark.hadoop.fs.s3a.secret.key=*********(redacted) -Dspark.master=local[4]");
    }
}
