package io.fcnspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fcnspark.errors.Checked;
import io.fcnspark.errors.OutputException;
import io.fcnspark.errors.Setting;
import io.fcnspark.image.ImageException;
import io.fcnspark.weights.ModelException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.hadoop.io.MultipleIOException;
import org.apache.spark.SparkException;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

class FcnTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path directory;

    @Test
    void helpNamesEveryVerbAndTheExitCodes() {
        assertThat(run("--help")).isEqualTo(0);
        assertThat(out.toString()).contains(verbs()).contains("Exit codes: 0 done");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void everyVerbExplainsItselfAndIsAMainClass() throws ReflectiveOperationException {
        for (CommandLine verb : Fcn.commandLine().getSubcommands().values()) {
            Class<?> type = verb.getCommandSpec().userObject().getClass();
            if (!type.getPackageName().equals(Fcn.class.getPackageName())) {
                continue;
            }
            assertThat(type.getMethod("main", String[].class).getReturnType()).isEqualTo(void.class);
            assertThat(type.getSimpleName().toLowerCase(Locale.ROOT))
                    .isEqualTo(verb.getCommandName().replace("-", ""));
            assertThat(verb.getUsageMessage()).contains("--verbose", "Examples:");
        }
    }

    @Test
    void noVerbIsAUsageError() {
        assertThat(run()).isEqualTo(2);
        assertThat(err.toString()).contains("Missing required subcommand", "Try 'fcn --help'.");
    }

    @Test
    void aMisspeltVerbGetsASuggestion() {
        assertThat(run("hepl")).isEqualTo(2);
        assertThat(err.toString()).contains("hepl", "Did you mean", "fcn help");
    }

    @Test
    void aMissingArgumentFileIsAUsageErrorThatNamesIt() {
        assertThat(run("help", "@" + directory.resolve("none.args"))).isEqualTo(2);
        assertThat(err.toString()).contains("no argument file '" + directory.resolve("none.args") + "'");
    }

    @Test
    void argumentFilesHoldCommentsAndQuotedArguments() throws IOException {
        Path arguments = directory.resolve("my.args");
        Files.writeString(arguments, "# what to say\n--words \"two words # and more\"  # why\n--words=single\n");
        Probe probe = new Probe(null);
        assertThat(probe(probe, "@" + arguments)).isEqualTo(0);
        assertThat(probe.words).containsExactly("two words # and more", "single");
    }

    @ParameterizedTest
    @ValueSource(strings = "local.args")
    void theArgumentFilesThatComeWithTheProjectAreValid(String name) {
        Path file = Path.of("../conf", name);
        assertThat(file).isRegularFile();
        assertThat(Fcn.commandLine()
                        .parseArgs("label", "@" + file, "--input=i", "--model=m", "--output=o")
                        .subcommand()
                        .hasMatchedOption("--max-reject-rate"))
                .isTrue();
    }

    @Test
    void theVerbsExitCodeIsTheProcesss() {
        assertThat(probe(new Probe(null) {
                    @Override
                    public Integer call() {
                        return ExitCode.OVER_REJECT_RATE;
                    }
                }))
                .isEqualTo(4);
    }

    @Test
    void whatTheUserCanMendIsOneLine() {
        assertThat(probe(new Probe(new ModelException("no model in x: expected model.json"))))
                .isEqualTo(3);
        assertThat(err).hasToString("fcn probe: no model in x: expected model.json" + System.lineSeparator());
    }

    @Test
    void usersErrorsAreFoundUnderSparksWrapping() {
        Exception user = new ImageException(ImageException.Code.TRUNCATED, "a.png ends early");
        assertThat(probe(new Probe(new IllegalStateException("Job aborted", new RuntimeException(user)))))
                .isEqualTo(3);
        assertThat(err.toString()).isEqualTo("fcn probe: a.png ends early" + System.lineSeparator());
    }

    @Test
    void aFilesErrorSaysWhatIsWrongWithIt() {
        assertThat(probe(new Probe(new NoSuchFileException("/x/y")))).isEqualTo(3);
        assertThat(probe(new Probe(new UncheckedIOException(new AccessDeniedException("/root/z")))))
                .isEqualTo(3);
        assertThat(err.toString())
                .contains(
                        "fcn probe: a file cannot be read or written: /x/y: no such file or directory",
                        "/root/z: permission denied")
                .doesNotContain("\tat ");
    }

    @Test
    void anErrorOfThisProgramStaysOneWhateverFileItBrokeOver() {
        assertThat(probe(new Probe(new IllegalStateException("no such layer", new IOException("pipe closed")))))
                .isEqualTo(1);
        assertThat(probe(new Probe(new IOException("stream closed", new NullPointerException("image")))))
                .isEqualTo(1);
        assertThat(err.toString()).contains("internal error", "no such layer", "pipe closed", "image", "\tat ");
    }

    @Test
    void aStorageThatFailedUnderSparkIsToldAsSuch() {
        assertThat(probe(new Probe(new SparkException("Job aborted", new IOException("connection reset")))))
                .isEqualTo(3);
        assertThat(err)
                .hasToString("fcn probe: a file cannot be read or written: connection reset" + System.lineSeparator());
    }

    @Test
    void theOptionBehindASettingIsNamedWhereTheVerbHasIt() {
        assertThat(probe(new Probe(new OutputException(new Setting("words"), "output x cannot be written"))))
                .isEqualTo(3);
        assertThat(probe(new Probe(new OutputException(new Setting("output"), "output y cannot be written"))))
                .isEqualTo(3);
        assertThat(err.toString().lines())
                .containsExactly(
                        "fcn probe: output x cannot be written (option --words)",
                        "fcn probe: output y cannot be written");
    }

    @Test
    void aSettingThatCannotBeIsAUsageErrorOfItsOption() {
        CommandSpec label = Fcn.commandLine().getSubcommands().get("label").getCommandSpec();
        assertThatThrownBy(() -> Usage.check(label, () -> Checked.positive(new Setting("waveImages"), 0)))
                .isInstanceOf(ParameterException.class)
                .hasMessage("--wave-images is 0: expected at least 1");
        assertThatThrownBy(() -> Usage.check(label, () -> Checked.notEmpty(new Setting("inputs"), List.of())))
                .hasMessage("--input is empty: expected at least one");
        assertThat(OptionNames.of(new Setting("rejected"), label)).contains("--retry-rejected");
        assertThat(OptionNames.of(new Setting("seed"), label)).isEmpty();
    }

    @Test
    void causesBeneathAnErrorAreShown() {
        IOException several = MultipleIOException.createIOException(
                List.of(new IOException("first", new IOException("quota exceeded")), new IOException("second")));
        assertThat(probe(new Probe(new IOException("the commit failed", several))))
                .isEqualTo(3);
        assertThat(err.toString()).contains("the commit failed", "first", "second", "quota exceeded");
    }

    @Test
    void theAdviceAfterAnInterruptionIsThatOfTheVerb() {
        List<?> verbs = List.of(new Label(), new Sql(), new Pack());
        assertThat(Interruption.advice(verbs, "--verbose", "label", "--input", "sql"))
                .contains("run the same again");
        assertThat(Interruption.advice(verbs, "pack")).contains("--overwrite");
        assertThat(Interruption.advice(verbs, "sql")).isEmpty();
        assertThat(Interruption.advice(verbs)).isEmpty();
    }

    /** Spark would begin with its warehouse's folder, and take seconds. */
    @Test
    void wrongSettingsAreFoundBeforeSparkStarts() {
        String[] label = {"label", "--input=i", "--output=o", "--model=" + directory.resolve("no-model")};
        assertThat(run(label)).isEqualTo(3);
        assertThat(err.toString()).contains("no-model: there is no model");
        for (String wrong : List.of("--wave-images=0", "--engine=torch", "--precision=fp8", "--max-reject-rate=2")) {
            assertThat(run(Stream.concat(Stream.of(label), Stream.of(wrong)).toArray(String[]::new)))
                    .as(wrong)
                    .isEqualTo(2);
        }
        assertThat(run("evaluate", "--masks=m", "--truth=t", "--labels=coco")).isEqualTo(2);
        assertThat(run("export-labels", "--masks=m", "--output=o", "--format=voc", "--labels=coco"))
                .isEqualTo(2);
        assertThat(SparkSession.getDefaultSession().isEmpty()).isTrue();
    }

    @Test
    void verboseAddsTheStackTrace() {
        assertThat(probe(new Probe(new UserException("cannot", new IOException("disk"))), "--verbose"))
                .isEqualTo(3);
        assertThat(err.toString()).startsWith("fcn probe: cannot").contains("\tat ", "Caused by");
    }

    @Test
    void anythingElseIsAnInternalErrorWithItsStackTrace() {
        assertThat(probe(new Probe(new IllegalArgumentException("a bug")))).isEqualTo(1);
        assertThat(err.toString()).contains("internal error", "a bug", "\tat ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--words", "--no-such-option"})
    void aWrongOptionIsAUsageErrorThatPointsToTheHelp(String option) {
        assertThat(probe(new Probe(null), option)).isEqualTo(2);
        assertThat(err.toString()).startsWith("fcn probe: ").contains("Try 'fcn probe --help'.");
    }

    private String[] verbs() {
        return Fcn.commandLine().getSubcommands().keySet().toArray(String[]::new);
    }

    private int run(String... args) {
        return Fcn.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
    }

    private int probe(Probe probe, String... args) {
        return Root.configure(
                        Fcn.commandLine().addSubcommand("probe", probe),
                        new PrintWriter(out, true),
                        new PrintWriter(err, true))
                .execute(Stream.concat(Stream.of("probe"), Stream.of(args)).toArray(String[]::new));
    }

    /** A verb that does nothing, or fails. */
    @Command(name = "probe")
    static class Probe implements Callable<Integer> {
        private final Exception failure;

        @Option(names = "--words")
        private List<String> words;

        Probe(Exception failure) {
            this.failure = failure;
        }

        @Override
        public Integer call() throws Exception {
            if (failure != null) {
                throw failure;
            }
            return ExitCode.DONE;
        }
    }
}
