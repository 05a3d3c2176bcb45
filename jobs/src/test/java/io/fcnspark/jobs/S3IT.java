package io.fcnspark.jobs;

import static io.fcnspark.jobs.S3Server.BUCKET;
import static io.fcnspark.jobs.S3Server.uri;
import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.s3.AmazonS3;
import com.amazonaws.services.s3.model.ListMultipartUploadsRequest;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fcnspark.jobs.StandaloneCluster.Submission;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images, truth, model and output on an S3 server. */
class S3IT {
    private static final Path JAR = Path.of("target/fcn-spark.jar").toAbsolutePath();
    private static final Path SPARK_JARS = Path.of("target/spark");

    @TempDir
    private static Path shared;

    private static Path labels;

    @TempDir
    private Path folder;

    @BeforeAll
    static void scenesAndModel() {
        Path street = shared.resolve("street");
        labels = street.resolve("labels.json");
        fcn("scenes", "--count", "12", "--size", "64x96", "--output", street.toString());
        fcn(
                "init",
                "--variant",
                "fcn8s",
                "--width",
                "0.03",
                "--labels",
                labels.toString(),
                "--output",
                shared.resolve("model").toString());
    }

    private static void fcn(String... arguments) {
        StringWriter err = new StringWriter();
        int code = Fcn.run(new PrintWriter(new StringWriter()), new PrintWriter(err), arguments);
        assertThat(code).as(err.toString()).isZero();
    }

    private List<String> label(String output) {
        return List.of(
                "label",
                "--input",
                uri("street/images"),
                "--truth",
                uri("street/labels"),
                "--labels",
                labels.toString(),
                "--model",
                uri("model"),
                "--output",
                uri(output),
                "--wave-images",
                "6",
                "--json",
                folder.resolve(output + ".json").toString());
    }

    private JsonNode json(String name) throws IOException {
        return new ObjectMapper().readTree(folder.resolve(name + ".json").toFile());
    }

    @Test
    void aClusterReadsAndWritesS3WithoutRenamingAndKeepsItsSecrets() throws IOException, InterruptedException {
        try (S3Server s3 = new S3Server(folder.resolve("s3"))) {
            s3.put(shared);
            List<String> options = new ArrayList<>(List.of("--executor-memory", "600m"));
            S3Server.settings(s3.port()).forEach(setting -> options.addAll(List.of("--conf", setting)));
            options.addAll(List.of("--conf", "spark.ui.enabled=false", "--conf", "spark.logConf=true"));
            try (StandaloneCluster cluster =
                    new StandaloneCluster(Files.createDirectory(folder.resolve("spark")), SPARK_JARS, 2)) {
                Submission submission = cluster.begin(JAR, S3Server.environment(), options, label("cluster"))
                        .await();
                assertThat(submission.exitCode()).as(submission.log()).isZero();
                assertThat(json("cluster").get("labelled").asLong()).isEqualTo(12);
            }

            AmazonS3 client = s3.client();
            JsonNode success = new ObjectMapper().readTree(client.getObjectAsString(BUCKET, "cluster/masks/_SUCCESS"));
            assertThat(success.get("committer").asText()).isEqualTo("magic");
            assertThat(success.get("metrics").get("object_copy_requests").asLong())
                    .as("renames, which S3 does by copying")
                    .isZero();
            assertThat(client.listMultipartUploads(new ListMultipartUploadsRequest(BUCKET))
                            .getMultipartUploads())
                    .isEmpty();

            Result embedded = embedded(s3.port(), S3Server.SECRET_KEY, label("embedded"));
            assertThat(embedded.exitCode()).as(embedded.output()).isZero();
            assertThat(json("embedded").get("metrics"))
                    .isEqualTo(json("cluster").get("metrics"));
            Result again = embedded(s3.port(), S3Server.SECRET_KEY, label("embedded"));
            assertThat(again.exitCode()).as(again.output()).isZero();
            assertThat(json("embedded").get("skipped").asLong()).isEqualTo(12);
        }
        assertNoSecretIn(folder);
    }

    @Test
    void whatIsWrongWithS3IsToldWithoutItsSecrets() throws IOException, InterruptedException {
        try (S3Server s3 = new S3Server(folder.resolve("s3"))) {
            s3.put(shared);
            List<String> noBucket = new ArrayList<>(label("out"));
            noBucket.set(noBucket.indexOf(uri("street/images")), "s3a://no-such-bucket/street");
            noBucket.add("--verbose");
            Result result = embedded(s3.port(), S3Server.SECRET_KEY, noBucket);
            assertThat(result.exitCode()).as(result.output()).isEqualTo(3);
            assertThat(result.output()).contains("s3a://no-such-bucket/street");

            result = embedded(s3.port(), "wrong", label("out"));
            assertThat(result.exitCode()).as(result.output()).isEqualTo(3);
            assertThat(result.output().lines().count()).as(result.output()).isLessThanOrEqualTo(2);
            assertThat(result.output()).contains(uri("model"), "403");

            List<String> inTheUri = new ArrayList<>(label("out"));
            inTheUri.set(
                    inTheUri.indexOf(uri("street/images")),
                    "s3a://%s:%s@%s/street".formatted(S3Server.ACCESS_KEY, "abc" + S3Server.SECRET_KEY, BUCKET));
            inTheUri.add("--verbose");
            result = embedded(s3.port(), S3Server.SECRET_KEY, inTheUri);
            assertThat(result.exitCode()).as(result.output()).isEqualTo(3);
            assertThat(result.output()).contains("AWS_SECRET_ACCESS_KEY");
        }
        assertNoSecretIn(folder);
    }

    /** The application on its own, credentials among Spark's settings. */
    private Result embedded(int port, String secret, List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-Dspark.hadoop.fs.s3a.access.key=" + S3Server.ACCESS_KEY,
                "-Dspark.hadoop.fs.s3a.secret.key=" + secret,
                "-Dspark.logConf=true"));
        S3Server.settings(port).forEach(setting -> command.add("-D" + setting));
        command.addAll(List.of("-jar", JAR.toString()));
        command.addAll(arguments);
        Path log = Files.createTempFile(folder, "embedded", ".log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        int code = process.waitFor();
        return new Result(code, Files.readString(log));
    }

    private record Result(int exitCode, String output) {}

    /** Looks into all logs, and into all that was written, but not into the configuration of the server. */
    private static void assertNoSecretIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> written = files.filter(Files::isRegularFile)
                    .filter(file -> !file.endsWith("s3.properties"))
                    .toList();
            assertThat(written)
                    .anyMatch(file -> file.toString().endsWith(".log"))
                    .noneMatch(file -> contains(file, S3Server.SECRET_KEY));
        }
    }

    private static boolean contains(Path file, String text) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1).contains(text);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
