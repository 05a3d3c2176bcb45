package io.fcnspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.fcnspark.engine.Device;
import io.fcnspark.engine.Engines;
import io.fcnspark.engine.Precision;
import io.fcnspark.scenes.BundledModel;
import io.fcnspark.weights.ModelBundle;
import io.fcnspark.weights.ModelDescription;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuantiseTest {
    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void aQuantisedModelIsLabelledWithAndIsRefusedWhereItLosesTooMuch() throws IOException {
        assumeThat(Engines.installed().named("onednn").unavailable(Device.CPU, Precision.INT8))
                .as("this processor computes in int8")
                .isEmpty();
        String model = folder.resolve("scenes").toString();
        String street = folder.resolve("street").toString();
        String integers = folder.resolve("integers").toString();
        BundledModel.write(Path.of(model));
        assertThat(fcn("scenes", "--count", "8", "--output", street, "--seed", "3"))
                .isEqualTo(ExitCode.DONE);

        String[] quantise = {
            "quantise",
            "--model",
            model,
            "--images",
            street + "/images",
            "--truth",
            street + "/labels",
            "--labels",
            street + "/labels.json",
            "--output",
            integers
        };
        assertThat(fcn(quantise)).as(err.toString()).isEqualTo(ExitCode.DONE);
        ModelDescription made = ModelBundle.load(Path.of(integers)).description();
        assertThat(out.toString())
                .contains("calibrated on 4 images", "on 4 other images", "mean IU: ", made.identity());
        assertThat(made.quantisation().layers()).hasSize(15).contains("conv1_1", "fc7");

        String[] label = {
            "label", "--input", street + "/images", "--output", folder + "/labelled", "--precision", "int8", "--model"
        };
        assertThat(fcn(with(label, integers))).as(err.toString()).isEqualTo(ExitCode.DONE);
        assertThat(fcn(with(label, model))).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString()).contains("is not quantised", "fcn quantise").doesNotContain("\tat ");

        assertThat(fcn("quantise", "--model", integers, "--images", street + "/images", "--output", integers + "2"))
                .isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString()).contains("is quantised", "scenes@");

        String refused = folder.resolve("refused").toString();
        assertThat(fcn(
                        "quantise",
                        "--model",
                        model,
                        "--images",
                        street + "/images",
                        "--max-drop",
                        "0",
                        "--output",
                        refused))
                .isEqualTo(ExitCode.GATE_FAILED);
        assertThat(err.toString()).contains("more than --max-drop 0.0 allows", "conv", " %");
        assertThat(Path.of(refused)).doesNotExist();
    }

    private static String[] with(String[] arguments, String last) {
        String[] all = Arrays.copyOf(arguments, arguments.length + 1);
        all[arguments.length] = last;
        return all;
    }

    private int fcn(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return Fcn.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    }
}
