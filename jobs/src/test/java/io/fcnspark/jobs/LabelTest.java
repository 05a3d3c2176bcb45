package io.fcnspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fcnspark.weights.Safetensors;
import io.fcnspark.weights.Tensor;
import io.fcnspark.weights.TensorSource;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verbs {@code label} and {@code evaluate} as a user meets them, mistakes included. */
class LabelTest {
    @TempDir
    private static Path shared;

    private static Path street;
    private static Path model;

    @TempDir
    private Path folder;

    private StringWriter out;
    private StringWriter err;

    @BeforeAll
    static void scenesAndModel() {
        street = shared.resolve("street");
        model = shared.resolve("model");
        PrintWriter nowhere = new PrintWriter(new StringWriter());
        assertThat(Fcn.run(
                        nowhere, nowhere, "scenes", "--count", "4", "--size", "64x96", "--output", street.toString()))
                .isZero();
        assertThat(Fcn.run(
                        nowhere,
                        nowhere,
                        "init",
                        "--variant",
                        "fcn8s",
                        "--width",
                        "0.03",
                        "--labels",
                        labels(),
                        "--output",
                        model.toString()))
                .isZero();
    }

    @BeforeEach
    void streams() {
        out = new StringWriter();
        err = new StringWriter();
    }

    private static String labels() {
        return street.resolve("labels.json").toString();
    }

    private int fcn(String... arguments) {
        return Fcn.run(new PrintWriter(out), new PrintWriter(err), arguments);
    }

    private int label(Path images, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "label", "--input", images.toString(), "--model", model.toString(), "--output", folder + "/out"));
        arguments.addAll(List.of(more));
        return fcn(arguments.toArray(String[]::new));
    }

    @Test
    void labelsAndEvaluates() throws IOException {
        int code = label(
                street.resolve("images"),
                "--truth",
                street + "/labels",
                "--labels",
                labels(),
                "--run-id",
                "night",
                "--json",
                folder + "/run.json");
        assertThat(code).as(err.toString()).isZero();
        assertThat(out.toString())
                .contains("4 images listed: 4 labelled, 0 rejected, 0 done before")
                .contains("mean IU")
                .contains("masks are in")
                .contains("run night");
        JsonNode run = new ObjectMapper().readTree(folder.resolve("run.json").toFile());
        assertThat(run.fieldNames())
                .toIterable()
                .containsExactly(
                        "run_id",
                        "images",
                        "labelled",
                        "rejected",
                        "rejects_by_code",
                        "skipped",
                        "unavailable",
                        "seconds",
                        "images_per_second",
                        "model",
                        "engine",
                        "precision",
                        "output",
                        "metrics",
                        "stages",
                        "startup_seconds",
                        "seconds_after_startup");
        assertThat(run.get("stages").fieldNames())
                .toIterable()
                .containsExactly(
                        "read", "decode", "wait", "preprocess", "network", "postprocess", "compare", "encode", "write");
        run.get("stages")
                .forEach(milliseconds -> assertThat(milliseconds.asDouble()).isPositive());
        assertThat(run.get("startup_seconds").asDouble()).isPositive();
        assertThat(run.get("seconds_after_startup").asDouble()).isPositive();

        code = fcn(
                "evaluate",
                "--masks",
                folder + "/out",
                "--truth",
                street + "/labels",
                "--labels",
                labels(),
                "--json",
                folder + "/metrics.json");
        assertThat(code).as(err.toString()).isZero();
        JsonNode evaluated =
                new ObjectMapper().readTree(folder.resolve("metrics.json").toFile());
        assertThat(run.get("metrics").get("images").asLong()).isEqualTo(4);
        run.get("metrics").fields().forEachRemaining(metric -> {
            if (!metric.getKey().equals("classes")) {
                assertThat(evaluated.get(metric.getKey())).as(metric.getKey()).isEqualTo(metric.getValue());
            }
        });
        for (int id = 0; id < run.at("/metrics/classes").size(); id++) {
            JsonNode c = evaluated.get("classes").get(id);
            run.at("/metrics/classes/" + id).fields().forEachRemaining(value -> assertThat(c.get(value.getKey()))
                    .isEqualTo(value.getValue()));
        }
    }

    @Test
    void tooManyBadImagesEndInFourAfterTheGoodOnesAreWritten() throws IOException {
        Path images = Files.createDirectories(folder.resolve("images"));
        try (Stream<Path> scenes = Files.list(street.resolve("images"))) {
            Files.copy(scenes.findFirst().orElseThrow(), images.resolve("good.jpg"));
        }
        Files.writeString(images.resolve("bad.jpg"), "no picture");
        assertThat(label(images)).isEqualTo(4);
        assertThat(out.toString()).contains("1 labelled, 1 rejected", "rejected as not-an-image: 1");
        assertThat(err.toString()).contains("50.0 % of the images were rejected or could not be read");

        assertThat(label(images, "--max-reject-rate", "0.5", "--output", folder + "/other"))
                .isZero();
    }

    @Test
    void mistakesEndInTwoOrThreeAndSayWhatToDo() throws IOException {
        Path images = street.resolve("images");
        assertThat(label(images, "--model", folder + "/none")).isEqualTo(3);
        assertThat(err.toString()).contains(folder + "/none", "there is no model", "model.json");
        streams();
        assertThat(label(images, "--engine", "torch")).isEqualTo(2);
        assertThat(err.toString()).contains("unknown engine 'torch'", "onnxruntime", "dl4j");
        streams();
        assertThat(label(images, "--device", "gpu")).isEqualTo(3);
        assertThat(err.toString()).contains("gpu").doesNotContain("\tat ");
        streams();
        assertThat(label(images, "--truth", street + "/labels", "--labels", "camvit"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("camvit", "camvid");
        streams();
        assertThat(label(images, "--truth", street + "/labels", "--labels", "camvid"))
                .isEqualTo(3);
        assertThat(err.toString()).contains("classes");
        streams();
        assertThat(label(folder.resolve("nowhere"))).isEqualTo(3);
        assertThat(err.toString()).contains("nowhere", "no such folder or file");
        streams();
        assertThat(label(Files.createDirectories(folder.resolve("empty")))).isEqualTo(3);
        assertThat(err.toString()).contains("no images under", "jpg");
        streams();
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThat(label(images, "--output", file + "/out")).isEqualTo(3);
        assertThat(err.toString()).contains("cannot be written", "--output");
        streams();
        assertThat(label(images, "--max-reject-rate", "5")).isEqualTo(2);
        assertThat(label(images, "--wave-images", "0")).isEqualTo(2);
        assertThat(label(images, "--tile-pixels", "1000")).isEqualTo(2);
        assertThat(err.toString()).contains("1000 pixels a tile: expected at least 589824");
        assertThat(label(images, "--json", folder + "/no/such/run.json", "--output", folder + "/out2"))
                .isEqualTo(3);
    }

    @Test
    void aDryRunTellsWhatWouldBeDoneAndWritesNothing() {
        Path images = street.resolve("images");
        assertThat(label(images, "--wave-images", "3", "--dry-run"))
                .as(err.toString())
                .isZero();
        assertThat(out.toString())
                .contains("4 listed, 4 of them to label, 0 done before")
                .contains("waves    2, of 2 tasks each")
                .containsPattern("model    fcn8s.*@[0-9a-f]{12}")
                .containsPattern("engine   [a-z0-9]+ on cpu in ")
                .contains("output   " + folder + "/out/masks")
                .containsPattern(
                        "submit   spark-submit --class io.fcnspark.jobs.Fcn --master .* label --input " + images)
                .doesNotContain("--dry-run");
        assertThat(folder.resolve("out")).doesNotExist();

        assertThat(label(images, "--dry-run", "--model", folder + "/none")).isEqualTo(3);
        assertThat(err.toString()).contains("there is no model");
        streams();
        assertThat(label(images, "--dry-run", "--output", model + "/model.json/out"))
                .isEqualTo(3);
        assertThat(err.toString()).contains("cannot be written", "--output");
        streams();
        assertThat(label(images, "--dry-run", "--output", "lake.street.masks")).isEqualTo(3);
        assertThat(err.toString()).contains("no catalog 'lake'");
    }

    @Test
    void metricsReachTheSinksOfSpark() throws IOException {
        Map<String, String> sink = Map.of(
                "spark.metrics.conf.driver.sink.csv.class",
                "org.apache.spark.metrics.sink.CsvSink",
                "spark.metrics.conf.driver.sink.csv.directory",
                Files.createDirectories(folder.resolve("metrics")).toString());
        sink.forEach(System::setProperty);
        try {
            assertThat(label(street.resolve("images"))).as(err.toString()).isZero();
        } finally {
            sink.keySet().forEach(System::clearProperty);
        }
        assertThat(lastValue("images")).isEqualTo(4);
        assertThat(lastValue("seconds_decode")).isPositive();
        assertThat(lastValue("seconds_network")).isPositive();
    }

    private double lastValue(String metric) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("metrics"))) {
            Path values = files.filter(file -> file.toString().endsWith(".driver.fcn." + metric + ".csv"))
                    .findFirst()
                    .orElseThrow();
            List<String> lines = Files.readAllLines(values);
            return Double.parseDouble(lines.get(lines.size() - 1).split(",", -1)[1]);
        }
    }

    @Test
    void aWeightOfTheWrongShapeIsNamed() throws IOException {
        Path broken = Files.createDirectories(folder.resolve("broken"));
        Map<String, Tensor> tensors = new LinkedHashMap<>(
                Safetensors.read(model.resolve("weights.safetensors")).weights().tensors());
        tensors.put("score_fr.bias", Tensor.of(List.of(3), new float[3]));
        List<TensorSource> sources = tensors.entrySet().stream()
                .map(entry -> TensorSource.of(entry.getKey(), entry.getValue()))
                .toList();
        Safetensors.write(broken.resolve("weights.safetensors"), Map.of(), sources);
        Files.copy(model.resolve("model.json"), broken.resolve("model.json"));
        assertThat(label(street.resolve("images"), "--model", broken.toString()))
                .isEqualTo(3);
        assertThat(err.toString()).contains("score_fr.bias", "[3]", "expected").doesNotContain("\tat ");
    }

    @Test
    void shardsArePackedAndLabelledWithTheirTruth() throws IOException {
        String shards = folder.resolve("shards").toString();
        String[] pack = {
            "pack",
            "--input",
            street + "/images",
            "--truth",
            street + "/labels",
            "--labels",
            labels(),
            "--output",
            shards,
            "--shard-images",
            "3"
        };
        assertThat(fcn(pack)).as(err.toString()).isEqualTo(ExitCode.DONE);
        assertThat(out.toString()).contains("4 images, 4 with truth, in 2 shards");
        assertThat(fcn(pack)).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString()).contains("--overwrite");
        err.getBuffer().setLength(0);
        Path json = folder.resolve("run.json");
        assertThat(label(Path.of(shards), "--labels", labels(), "--json", json.toString()))
                .as(err.toString())
                .isEqualTo(ExitCode.DONE);
        JsonNode run = new ObjectMapper().readTree(json.toFile());
        assertThat(run.get("labelled").asInt()).isEqualTo(4);
        assertThat(run.get("metrics").get("images").asInt()).isEqualTo(4);
    }
}
