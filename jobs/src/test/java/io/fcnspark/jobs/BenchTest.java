package io.fcnspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verb {@code bench} as a user meets it. */
class BenchTest {
    @TempDir
    private static Path shared;

    private static Path model;

    @TempDir
    private Path folder;

    private StringWriter out;
    private StringWriter err;

    @BeforeAll
    static void model() {
        model = shared.resolve("model");
        PrintWriter nowhere = new PrintWriter(new StringWriter());
        assertThat(Fcn.run(
                        nowhere,
                        nowhere,
                        "init",
                        "--variant=fcn8s",
                        "--width=0.03",
                        "--labels=camvid",
                        "--output=" + model))
                .isZero();
    }

    @BeforeEach
    void streams() {
        out = new StringWriter();
        err = new StringWriter();
    }

    private int bench(String... more) {
        List<String> arguments = new ArrayList<>(List.of("bench", "--model", model.toString(), "--seconds", "0.05"));
        arguments.addAll(List.of(more));
        return Fcn.run(new PrintWriter(out), new PrintWriter(err), arguments.toArray(String[]::new));
    }

    private JsonNode json() throws IOException {
        return new ObjectMapper().readTree(folder.resolve("bench.json").toFile());
    }

    @Test
    void measuresEnginesSideBySide() throws IOException {
        int code = bench(
                "--engines=onnxruntime,dl4j,onnxruntime",
                "--precision=fp32",
                "--size=64x96",
                "--threads=1",
                "--json=" + folder.resolve("bench.json"));
        assertThat(code).as(err.toString()).isZero();

        JsonNode json = json();
        assertThat(json.fieldNames())
                .toIterable()
                .containsExactly(
                        "machine",
                        "model",
                        "size",
                        "images",
                        "batch",
                        "threads",
                        "gflop_per_image",
                        "results",
                        "left_out");
        JsonNode machine = json.get("machine");
        assertThat(machine.fieldNames())
                .toIterable()
                .containsExactly(
                        "processor", "cores", "isa", "memory_mb", "java", "peak_gflops", "peak_gflops_slowest_round");
        assertThat(machine.get("processor").asText()).isNotBlank();
        assertThat(machine.get("cores").asInt()).isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(machine.get("memory_mb").asLong()).isGreaterThan(100);
        assertThat(machine.get("java").asText()).startsWith("17");
        assertThat(json.get("size").asText()).isEqualTo("64x96");
        assertThat(json.get("threads").asInt()).isEqualTo(1);

        JsonNode results = json.get("results");
        assertThat(results).hasSize(3);
        double gflop = json.get("gflop_per_image").asDouble();
        for (JsonNode result : results) {
            assertThat(result.fieldNames())
                    .toIterable()
                    .containsExactly(
                            "engine",
                            "precision",
                            "device",
                            "images_per_second",
                            "best_images_per_second",
                            "gflops",
                            "percent_of_peak",
                            "resident_mb",
                            "agreement");
            assertThat(result.get("device").asText()).isEqualTo("cpu");
            double rate = result.get("images_per_second").asDouble();
            double best = result.get("best_images_per_second").asDouble();
            assertThat(rate).isPositive().isLessThanOrEqualTo(best);
            assertThat(result.get("gflops").asDouble())
                    .isCloseTo(best * gflop, org.assertj.core.api.Assertions.withinPercentage(5));
        }
        // The first with itself, and the same engine once more.
        assertThat(results.get(0).get("agreement").asDouble()).isEqualTo(1);
        assertThat(results.get(2).get("agreement").asDouble()).isEqualTo(1);
        assertThat(results.get(1).get("agreement").asDouble()).isGreaterThan(0.99);

        assertThat(out.toString().lines().filter(line -> line.startsWith("onnxruntime ")))
                .hasSize(2)
                .allMatch(line -> line.contains("fp32") && line.endsWith("100.000 %"));
        assertThat(out.toString())
                .contains("machine  ", "GFLOP for an image of 64x96; 4 images, batch 1, 1 threads", "images/s");
    }

    @Test
    void tellsWhatTheEngineCanTellOfLayers() throws IOException {
        assertThat(bench(
                        "--engines=onnxruntime",
                        "--precision=fp32",
                        "--size=64x64",
                        "--batch=2",
                        "--layers",
                        "--json=" + folder.resolve("bench.json")))
                .as(err.toString())
                .isZero();
        JsonNode layers = json().at("/results/0/layers");
        assertThat(layers.findValuesAsText("layer")).containsExactly("preprocess", "network", "postprocess");
        assertThat(layers.get(1).get("milliseconds").asDouble()).isPositive();
        assertThat(layers.get(1).get("gflops").asDouble()).isPositive();
        assertThat(layers.get(0).get("gflops").isNull()).isTrue();
        assertThat(out.toString()).contains("which does not time layers, only the network as a whole");
    }

    @Test
    void labelsPicturesOfOneSize() throws IOException {
        Path street = folder.resolve("street");
        PrintWriter nowhere = new PrintWriter(new StringWriter());
        assertThat(Fcn.run(nowhere, nowhere, "scenes", "--count=2", "--size=64x80", "--output=" + street))
                .isZero();
        String first = street.resolve("images/scene_000000.jpg").toString();
        String second = street.resolve("images/scene_000001.jpg").toString();
        assertThat(bench(
                        "--engines=onnxruntime",
                        "--precision=fp32",
                        "--json=" + folder.resolve("bench.json"),
                        "--image",
                        first,
                        second))
                .as(err.toString())
                .isZero();
        assertThat(json().get("size").asText()).isEqualTo("64x80");
        assertThat(json().get("images").asInt()).isEqualTo(2);

        assertThat(bench("--size=64x64", "--image", first)).isEqualTo(2);
        assertThat(err.toString()).contains("--size does not go with --image");
        streams();
        assertThat(bench("--image", folder.resolve("none.jpg").toString())).isEqualTo(3);
        assertThat(err.toString()).contains("none.jpg: no such file");
        streams();
        Path other = folder.resolve("other");
        assertThat(Fcn.run(nowhere, nowhere, "scenes", "--count=1", "--size=80x80", "--output=" + other))
                .isZero();
        assertThat(bench(
                        "--image",
                        first,
                        other.resolve("images/scene_000000.jpg").toString()))
                .isEqualTo(2);
        assertThat(err.toString()).contains("80x64", "80x80", "expected one size");
    }

    @Test
    void whatCannotRunIsLeftOutAndNamed() throws IOException {
        assertThat(bench(
                        "--engines=onnxruntime",
                        "--precision=fp32,bf16",
                        "--size=64x64",
                        "--json=" + folder.resolve("bench.json")))
                .as(err.toString())
                .isZero();
        assertThat(json().get("results")).hasSize(1);
        assertThat(json().at("/left_out/0/precision").asText()).isEqualTo("bf16");
        assertThat(out.toString()).contains("left out: this engine computes in fp32 only");

        assertThat(bench("--engines=onnxruntime", "--precision=bf16", "--size=64x64"))
                .isEqualTo(3);
        assertThat(err.toString()).contains("no engine can run here as asked", "onnxruntime in bf16");
    }

    @Test
    void mistakesAreUsageErrors() {
        assertThat(bench("--engines=torch", "--size=64x64")).isEqualTo(2);
        assertThat(err.toString()).contains("unknown engine 'torch'", "onnxruntime");
        assertThat(bench("--precision=int3", "--size=64x64")).isEqualTo(2);
        assertThat(bench("--threads=0", "--size=64x64")).isEqualTo(2);
        assertThat(bench("--batch=0", "--size=64x64")).isEqualTo(2);
        assertThat(bench("--seconds=0", "--size=64x64")).isEqualTo(2);
        assertThat(bench("--size=10x10")).isEqualTo(2);
        assertThat(bench("--model=" + folder.resolve("none"), "--size=64x64")).isEqualTo(3);
    }
}
