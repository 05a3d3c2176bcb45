package io.fcnspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.fcnspark.labels.LabelConventions;
import io.fcnspark.training.Augmentation;
import io.fcnspark.training.Augmentation.Flip;
import io.fcnspark.training.EpochResult;
import io.fcnspark.training.TrainingHistory;
import io.fcnspark.training.TrainingOptions;
import io.fcnspark.weights.ModelBundle;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
        assertThat(finetune("--variant", "fcn8s", "--labels", "voc", "--width", "0.1", "--from", "x"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("--width and --from exclude each other");
        assertUsage("unknown variant 'fcn4s'", "--variant", "fcn4s");
        assertUsage("expected none or median-frequency", "--class-weights", "inverse");
    }

    /** Before Spark starts, with the option's name, the value, and what was expected. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        --width | 0 | width is 0.0: expected a number above 0 and at most 4
        --width | 5 | width is 5.0: expected a number above 0 and at most 4
        --width | NaN | width is NaN: expected a number above 0 and at most 4
        --epochs | 0 | epochs is 0: expected at least 1
        --epochs | many | 'many' is not an int
        --patience | 0 | patience is 0: expected at least 1
        --batch | -4 | batch is -4: expected at least 1
        --batch | 1000000 | batch is 1000000 windows of 64x64: expected fewer than 715827882 pixels in all
        --workers | 0 | workers is 0: expected at least 1
        --averaging-frequency | 0 | averaging frequency is 0: expected at least 1
        --learning-rate | 0 | learning rate is 0.0: expected a number above 0
        --learning-rate | Infinity | learning rate is Infinity: expected a number above 0
        --momentum | 1 | momentum is 1.0: expected 0 to below 1
        --weight-decay | -1 | weight decay is -1.0: expected 0 or more
        --dropout | 1 | dropout is 1.0: expected 0 to below 1
        --crop | 0x64 | '0x64': expected height x width, for example 320x480
        --scale | big | scale is big: expected MIN-MAX, for example 0.5-2
        --scale | 2-1 | scale is 2.0-1.0: expected 0 < first <= second <= 16
        --scale | 0-1 | scale is 0.0-1.0: expected 0 < first <= second <= 16
        --seed | x | 'x' is not a long
        --output | a b | model name 'a b'
        """)
    void numbersOutOfRangeAreUsageErrors(String option, String value, String message) {
        assertUsage("Invalid value for option '" + option + "'", option, value);
        assertThat(err.toString()).contains(message);
    }

    private void assertUsage(String message, String... more) {
        err.getBuffer().setLength(0);
        List<String> options = new ArrayList<>(List.of("--variant", "fcn8s", "--labels", "voc"));
        options.addAll(List.of(more));
        assertThat(finetune(options.toArray(String[]::new))).as(err.toString()).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains(message);
    }

    @Test
    void theHelpShowsTheLibrarysDefaults() {
        assertThat(fcn("finetune", "--help")).isZero();
        String help = out.toString().replaceAll("\\s+", " ");
        assertThat(help)
                .contains("Of the first step. Default: 0.001.")
                .contains("window that a step sees of an image. Default: 320x320.")
                .contains("random factor on an image's size. Default: 0.5-2.0.")
                .contains("or bf16 of half the size. Default: fp32.")
                .contains("rare classes count more. Default: none.")
                .contains("or none. Default: horizontal.");
    }

    /** Before Spark starts, and with the options that help. */
    @Test
    void checkpointsThatDoNotFitAreSaidAtOnce() throws IOException {
        Path output = folder.resolve("slim-street");
        String classes = String.join(" ", LabelConventions.of("voc").classes().names());
        Map<String, String> settings = new HashMap<>(TrainingOptions.builder()
                .augmentation(new Augmentation(64, 64, 0.5, 2, Flip.HORIZONTAL))
                .epochs(8)
                .build()
                .toMap());
        settings.putAll(Map.of("variant", "fcn8s", "width", "1.0", "images", "7", "classes", classes));
        TrainingHistory history = new TrainingHistory(settings, List.of());
        for (int epoch = 1; epoch <= 5; epoch++) {
            history = history.plus(new EpochResult(epoch, 0.001, 1, 0.5, 0.1, 1, 10));
        }
        Path checkpoint = Files.createDirectories(output.resolve("checkpoints/epoch-0005"));
        Files.writeString(checkpoint.resolve(TrainingHistory.FILE), history.toJson());

        assertRefused("(--resume; or --output, --checkpoints)", "--epochs", "8");
        assertRefused("dropout was 0.5 and is 0.1;", "--resume", "--epochs", "8", "--dropout", "0.1");
        assertRefused("has done 5 epochs already, and 4 are asked for", "--resume", "--epochs", "4");
        assertRefused("--from " + output + " --output ANOTHER", "--resume", "--epochs", "12");
    }

    private void assertRefused(String message, String... more) {
        err.getBuffer().setLength(0);
        List<String> options = new ArrayList<>(List.of("--variant", "fcn8s", "--labels", "voc"));
        options.addAll(List.of(more));
        assertThat(finetune(options.toArray(String[]::new))).as(err.toString()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString()).contains(message);
    }

    @Test
    void adviceAfterASignalSaysHowToGoOn() {
        assertThat(new Finetune().afterInterruption()).contains("--resume");
    }
}
