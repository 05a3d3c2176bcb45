package io.fcnspark.jobs;

import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The command {@code fcn} above its verbs: runs one of them, and ends the process with one of the codes of {@link ExitCode}. */
@Command(
        name = "fcn",
        scope = ScopeType.INHERIT,
        mixinStandardHelpOptions = true,
        versionProvider = Root.Version.class,
        usageHelpAutoWidth = true,
        sortOptions = false,
        sortSynopsis = false,
        abbreviateSynopsis = true,
        optionListHeading = "%nOptions:%n",
        commandListHeading = "%nCommands:%n",
        description = "Labels image collections with fully convolutional networks, on Apache Spark.",
        footer = {
            "",
            "'@FILE' among the arguments reads further arguments from a file: separated by white space or",
            "line ends, '#' starts a comment, quotes keep blanks and '#' together.",
            "",
            "Exit codes: 0 done, 1 internal error, 2 usage, 3 bad input, model or environment,",
            "4 done but over the reject rate, 5 done but a quality gate failed,",
            "143 or 130 ended by a signal."
        })
final class Root {
    @Option(
            names = ErrorReport.VERBOSE,
            scope = ScopeType.INHERIT,
            order = Integer.MAX_VALUE,
            description = "Print the stack trace of an error.")
    @SuppressWarnings("unused") // ErrorReport asks the command line for it.
    private boolean verbose;

    private Root() {}

    /** Runs the verb that the arguments name and ends the process. */
    static void main(List<?> verbs, String... args) {
        PrintWriter err = new PrintWriter(System.err, true, Charset.defaultCharset());
        Interruption interruption = Interruption.watch(err, verbs, args);
        int code;
        try {
            code = run(verbs, new PrintWriter(System.out, true, Charset.defaultCharset()), err, args);
        } catch (Error e) {
            ErrorReport.internal(e, err);
            code = ExitCode.INTERNAL;
        }
        interruption.ruleOut();
        // On a cluster the driver may be a guest in another program's process, which takes an exit, even one
        // with 0, for a failure.
        if (code != ExitCode.DONE) {
            System.exit(code);
        }
    }

    private static String name(Object verb) {
        return CommandLine.Model.CommandSpec.forAnnotatedObject(verb).name();
    }

    /** Runs a verb and ends the process: the {@code main} of the verb's own class. */
    static void main(Object verb, String... args) {
        main(
                List.of(verb),
                Stream.concat(Stream.of(name(verb)), Stream.of(args)).toArray(String[]::new));
    }

    /** Runs a verb and returns the exit code. */
    static int run(List<?> verbs, PrintWriter out, PrintWriter err, String... args) {
        Optional<String> missing =
                Stream.of(args).filter(Root::isMissingArgumentFile).findFirst();
        if (missing.isPresent()) {
            err.printf(
                    "fcn: there is no argument file '%s' (for an argument that begins with @, write @@)%n",
                    missing.get().substring(1));
            return ExitCode.USAGE;
        }
        return configure(commandLine(verbs), out, err).execute(args);
    }

    /** The command line with some verbs. */
    static CommandLine commandLine(List<?> verbs) {
        CommandLine commandLine = new CommandLine(new Root());
        verbs.forEach(commandLine::addSubcommand);
        return commandLine;
    }

    /** How every verb reads its options and reports its errors; for the verbs that the command line has by now. */
    static CommandLine configure(CommandLine commandLine, PrintWriter out, PrintWriter err) {
        ErrorReport errors = new ErrorReport();
        return commandLine
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOverwrittenOptionsAllowed(true)
                .setParameterExceptionHandler(errors)
                .setExecutionExceptionHandler(errors);
    }

    private static boolean isMissingArgumentFile(String arg) {
        return arg.startsWith("@") && !arg.startsWith("@@") && !Files.isReadable(Path.of(arg.substring(1)));
    }

    /** The version in the manifest of the application jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Root.class.getPackage().getImplementationVersion();
            return new String[] {"fcn-spark " + (version == null ? "(not packaged)" : version)};
        }
    }
}
