package io.fcnspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fcnspark.jobs.StandaloneCluster.Submission;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The application jar on a real cluster of two executors, submitted as a user would. */
class ClusterIT {
    private static final Path JAR = Path.of("target/fcn-spark.jar").toAbsolutePath();
    private static final Path SPARK_JARS = Path.of("target/spark");

    @TempDir
    private Path folder;

    @Test
    void aClusterLabelsAsOneMachineDoes() throws IOException, InterruptedException {
        Path street = folder.resolve("street");
        fcn("scenes", "--count", "12", "--size", "96x128", "--output", street.toString());
        Path model = folder.resolve("model");
        Path labels = street.resolve("labels.json");
        // Wide enough for the weights to travel in more than one piece.
        fcn(
                "init",
                "--variant",
                "fcn8s",
                "--width",
                "0.3",
                "--labels",
                labels.toString(),
                "--output",
                model.toString());
        assertThat(Files.size(model.resolve("weights.safetensors"))).isGreaterThan(33 << 20);
        List<String> label =
                new ArrayList<>(List.of("label", "--input", street + "/images", "--truth", street + "/labels"));
        label.addAll(List.of("--labels", labels.toString(), "--model", model.toString(), "--wave-images", "6"));

        JsonNode local = run(label, "local");
        List<String> onCluster = arguments(label, "cluster");
        Submission submission;
        try (StandaloneCluster cluster =
                new StandaloneCluster(Files.createDirectory(folder.resolve("spark")), SPARK_JARS, 2)) {
            submission = cluster.submit(
                    JAR, List.of("--executor-memory", "600m", "--conf", "spark.ui.enabled=false"), onCluster);
            assertThat(submission.exitCode()).as(submission.log()).isZero();
            assertThat(cluster.executorLogs()).hasSize(2).allSatisfy(log -> assertThat(log)
                    .contains("Finished task"));
        }

        JsonNode distributed = json("cluster");
        assertThat(distributed.get("labelled").asLong()).isEqualTo(12);
        assertThat(distributed.get("metrics")).isEqualTo(local.get("metrics"));
        assertThat(distributed.get("model")).isEqualTo(local.get("model"));
    }

    private JsonNode run(List<String> label, String name) throws IOException {
        fcn(arguments(label, name).toArray(String[]::new));
        return json(name);
    }

    private List<String> arguments(List<String> label, String name) {
        List<String> arguments = new ArrayList<>(label);
        arguments.addAll(List.of(
                "--output",
                folder.resolve(name).toString(),
                "--json",
                folder.resolve(name + ".json").toString()));
        return arguments;
    }

    private JsonNode json(String name) throws IOException {
        return new ObjectMapper().readTree(folder.resolve(name + ".json").toFile());
    }

    private static void fcn(String... arguments) {
        StringWriter err = new StringWriter();
        int code = Fcn.run(new PrintWriter(new StringWriter()), new PrintWriter(err), arguments);
        assertThat(code).as(err.toString()).isZero();
    }
}
