package io.fcnspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fcnspark.labels.Mask;
import io.fcnspark.labels.MaskPng;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verb {@code evaluate} on masks of known quality: gates, groups, and comparisons. */
class EvaluateTest {
    @TempDir
    private static Path shared;

    @TempDir
    private Path folder;

    private StringWriter out;
    private StringWriter err;

    /** Truth of two classes, half each; "good" is right, in "fair" a quarter of class 1 is missed. */
    @BeforeAll
    static void masks() throws IOException {
        for (int i = 0; i < 12; i++) {
            String name = (i % 2 == 0 ? "north" : "south") + "/%02d.png".formatted(i);
            write("truth/" + name, 50);
            write("good/" + name, 50);
            write("fair/" + name, 50 + 2 * (i % 12));
        }
    }

    private static void write(String file, int first) throws IOException {
        char[] labels = new char[100 * 100];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = (char) (i % 100 < first ? 0 : 1);
        }
        Path path = shared.resolve(file);
        Files.createDirectories(path.getParent());
        Files.write(path, MaskPng.encode(new Mask(100, 100, labels), 11));
    }

    @BeforeEach
    void streams() {
        out = new StringWriter();
        err = new StringWriter();
    }

    private int evaluate(String masks, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "evaluate",
                "--masks",
                shared.resolve(masks).toString(),
                "--truth",
                shared.resolve("truth").toString(),
                "--labels",
                "camvid"));
        arguments.addAll(List.of(more));
        return Fcn.run(new PrintWriter(out), new PrintWriter(err), arguments.toArray(String[]::new));
    }

    @Test
    void aGateThatHoldsEndsInZeroAndOneThatDoesNotInFive() throws IOException {
        assertThat(evaluate("good", "--fail-under", "mean_iou=1", "--fail-under", "mean_boundary_f1=1"))
                .as(err.toString())
                .isZero();
        assertThat(err.toString()).doesNotContain("gate failed");
        assertThat(evaluate(
                        "fair",
                        "--fail-under",
                        "mean_iou=0.99",
                        "--fail-under",
                        "pixel_accuracy=0.5",
                        "--json",
                        folder + "/metrics.json"))
                .isEqualTo(5);
        double meanIou = new ObjectMapper()
                .readTree(folder.resolve("metrics.json").toFile())
                .get("mean_iou")
                .doubleValue();
        assertThat(err.toString().lines().filter(line -> line.contains("gate failed")))
                .singleElement()
                .isEqualTo(
                        "fcn evaluate: gate failed: mean_iou is %.4f, --fail-under asks for 0.99".formatted(meanIou));
    }

    @Test
    void aDropAgainstOtherMasksFailsAndAnImprovementDoesNot() throws IOException {
        String good = shared.resolve("good").toString();
        assertThat(evaluate("fair", "--against", good, "--fail-drop", "0.02", "--json", folder + "/metrics.json"))
                .isEqualTo(5);
        assertThat(err.toString()).contains("gate failed: mean_iou is 0.", "against 1.0000", "--fail-drop allows 0.02");
        assertThat(out.toString()).contains("against " + good, "on 12 images of both", "IU of Building");
        JsonNode comparison = new ObjectMapper()
                .readTree(folder.resolve("metrics.json").toFile())
                .get("comparison");
        assertThat(comparison.at("/metrics/mean_iou/significant").booleanValue())
                .isTrue();
        assertThat(comparison.at("/metrics/mean_iou/interval/1").doubleValue()).isNegative();
        assertThat(comparison.at("/classes/10/iou/difference").isNull()).isTrue();
        assertThat(comparison.get("only_in_masks").asInt()).isZero();

        assertThat(evaluate("good", "--against", shared.resolve("fair").toString(), "--fail-drop", "0.02"))
                .isZero();
    }

    @Test
    void groupsAreNamedWithTheirMetrics() {
        assertThat(evaluate("fair", "--by", "split(image, '/')[size(split(image, '/')) - 2]"))
                .as(err.toString())
                .isZero();
        assertThat(out.toString().lines()).anyMatch(line -> line.matches("north +6 .* to .*"));
        assertThat(out.toString().lines()).anyMatch(line -> line.matches("south +6 .* to .*"));
        streams();
        assertThat(evaluate("fair", "--by", "camera")).isEqualTo(3);
        assertThat(err.toString()).contains("camera").doesNotContain("\tat ");
    }

    @Test
    void gatesThatMakeNoSenseAreUsageErrors() {
        assertThat(evaluate("good", "--fail-under", "miou=0.5")).isEqualTo(2);
        assertThat(err.toString()).contains("miou", "mean_iou");
        streams();
        assertThat(evaluate("good", "--fail-under", "mean_iou=60")).isEqualTo(2);
        assertThat(err.toString()).contains("60", "0 to 1");
        streams();
        assertThat(evaluate("good", "--fail-under", "mean_iou")).isEqualTo(2);
        assertThat(evaluate("good", "--fail-drop", "0.1")).isEqualTo(2);
        assertThat(err.toString()).contains("--against");
        assertThat(evaluate("good", "--against-where", "true")).isEqualTo(2);
    }
}
