package io.fcnspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.fcnspark.weights.ModelBundle;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verb {@code finetune} as a user meets it, mistakes included. */
class FinetuneTest {
    @TempDir
    private Path folder;

    private StringWriter out;
    private StringWriter err;

    @BeforeEach
    void streams() {
        out = new StringWriter();
        err = new StringWriter();
    }

    private int fcn(String... arguments) {
        return Fcn.run(new PrintWriter(out), new PrintWriter(err), arguments);
    }

    private int finetune(String... more) {
        String street = folder.resolve("street").toString();
        List<String> arguments = new ArrayList<>(List.of("finetune", "--train", street, "--val", street));
        arguments.addAll(List.of("--labels", street + "/labels.json", "--crop", "64x64", "--epochs", "1"));
        arguments.addAll(List.of("--output", folder.resolve("slim-street").toString()));
        arguments.addAll(List.of(more));
        return fcn(arguments.toArray(String[]::new));
    }

    @Test
    void trainsInStagesAndTellsHowItGoes() {
        fcn(
                "scenes",
                "--count",
                "4",
                "--size",
                "64x64",
                "--output",
                folder.resolve("street").toString());
        assertThat(finetune("--variant", "fcn16s", "--width", "0.05", "--class-weights", "median-frequency"))
                .as(err.toString())
                .isZero();
        assertThat(out.toString())
                .contains("epoch 1 of 1: 4 of 4 images, loss ")
                .contains("epoch 1: loss ")
                .contains("slim-street@")
                .contains("mean IU");
        assertThat(ModelBundle.describe(folder.resolve("slim-street")).name()).isEqualTo("slim-street");

        assertThat(finetune(
                        "--variant", "fcn8s",
                        "--from", folder.resolve("slim-street").toString(),
                        "--output", folder.resolve("finer").toString(),
                        "--optimiser", "sgd",
                        "--save-as", "bf16"))
                .as(err.toString())
                .isZero();
        assertThat(ModelBundle.load(folder.resolve("finer")).description().provenance())
                .containsEntry("from", folder.resolve("slim-street").toString());
    }

    @Test
    void mistakesInOptionsAreUsageErrors() {
        fcn(
                "scenes",
                "--count",
                "1",
                "--size",
                "64x64",
                "--output",
                folder.resolve("street").toString());
        assertThat(finetune("--variant", "fcn8s", "--width", "0.1", "--from", "x"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("--width and --from exclude each other");
        assertThat(finetune("--variant", "fcn4s")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("unknown variant 'fcn4s'");
        assertThat(finetune("--variant", "fcn8s", "--momentum", "1")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("momentum is 1.0: expected 0 to below 1");
        assertThat(finetune("--variant", "fcn8s", "--scale", "big")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("--scale big: expected MIN-MAX");
        assertThat(finetune("--variant", "fcn8s", "--class-weights", "inverse")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("expected none or median-frequency");
    }
}
