package io.fcnspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fcnspark.jobs.StandaloneCluster.Submission;
import io.fcnspark.training.EpochResult;
import io.fcnspark.training.TrainingHistory;
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
    private static final Path TRAINING_JAR = JAR.resolveSibling("fcn-spark-training.jar");
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

    @Test
    void aClusterTrainsAModelThatLabels() throws IOException, InterruptedException {
        Path street = folder.resolve("street");
        fcn("scenes", "--count", "8", "--size", "64x96", "--output", street.toString());
        Path labels = street.resolve("labels.json");
        Path model = folder.resolve("trained");
        List<String> finetune = new ArrayList<>(List.of("finetune", "--train", street.toString()));
        finetune.addAll(List.of("--val", street.toString(), "--labels", labels.toString(), "--variant", "fcn8s"));
        finetune.addAll(List.of("--width", "0.0625", "--crop", "64x96", "--batch", "2", "--epochs", "3"));
        finetune.addAll(List.of("--workers", "2", "--averaging-frequency", "2", "--output", model.toString()));
        Submission submission;
        try (StandaloneCluster cluster =
                new StandaloneCluster(Files.createDirectory(folder.resolve("spark")), SPARK_JARS, 2)) {
            submission = cluster.submit(
                    JAR,
                    List.of(
                            "--jars",
                            TRAINING_JAR.toString(),
                            "--executor-memory",
                            "600m",
                            "--conf",
                            "spark.ui.enabled=false"),
                    finetune);
            assertThat(submission.exitCode()).as(submission.log()).isZero();
            assertThat(cluster.executorLogs()).hasSize(2).allSatisfy(log -> assertThat(log)
                    .contains("Finished task"));
        }

        List<EpochResult> epochs = TrainingHistory.fromJson(Files.readString(model.resolve(TrainingHistory.FILE)))
                .epochs();
        assertThat(epochs).hasSize(3);
        assertThat(epochs.get(2).loss()).isLessThan(epochs.get(0).loss());
        JsonNode labelled = run(
                List.of("label", "--input", street + "/images", "--model", model.toString()), "by-the-trained-model");
        assertThat(labelled.get("labelled").asLong()).isEqualTo(8);
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
