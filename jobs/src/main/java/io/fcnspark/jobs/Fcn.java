package io.fcnspark.jobs;

import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;

/** The command {@code fcn} with all of its verbs. */
public final class Fcn {
    private Fcn() {}

    /**
     * Runs a verb and ends the process.
     *
     * @param args the verb, then its options
     */
    public static void main(String... args) {
        Root.main(verbs(), args);
    }

    /** Runs a verb and returns the exit code. */
    static int run(PrintWriter out, PrintWriter err, String... args) {
        return Root.run(verbs(), out, err, args);
    }

    /** The command line with all verbs. */
    static CommandLine commandLine() {
        return Root.commandLine(verbs());
    }

    private static List<?> verbs() {
        return List.of(
                new Demo(),
                new Label(),
                new Evaluate(),
                new Report(),
                new Sql(),
                new Inspect(),
                new Bench(),
                TrainingJar.isOnClassPath() ? new Finetune() : new TrainingJar(),
                new Import(),
                new Quantise(),
                new Export(),
                new ExportLabels(),
                new Init(),
                new Pack(),
                new Scenes(),
                new Doctor(),
                new CommandLine.HelpCommand());
    }
}
