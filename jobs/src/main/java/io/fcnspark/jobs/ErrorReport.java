package io.fcnspark.jobs;

import io.fcnspark.errors.FcnException;
import io.fcnspark.image.ImageException;
import io.fcnspark.spark.storage.StorageFaults;
import java.io.PrintWriter;
import java.util.Optional;
import org.apache.hadoop.util.ShutdownHookManager;
import org.apache.spark.sql.AnalysisException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The one place where an exception becomes an exit code and a message. What the user can mend is told in a line or two, without
 * a stack trace; anything else is an error of this program and comes with one.
 */
final class ErrorReport implements IParameterExceptionHandler, IExecutionExceptionHandler {
    /** The option of every verb that asks for stack traces. */
    static final String VERBOSE = "--verbose";

    @Override
    public int handleParseException(ParameterException e, String[] args) {
        CommandLine commandLine = e.getCommandLine();
        String command = commandLine.getCommandSpec().qualifiedName();
        PrintWriter err = commandLine.getErr();
        err.printf("%s: %s%n", command, e.getMessage());
        UnmatchedArgumentException.printSuggestions(e, err);
        err.printf("Try '%s --help'.%n", command);
        return ExitCode.USAGE;
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine commandLine, ParseResult parseResult) {
        PrintWriter err = commandLine.getErr();
        // Spark stops its jobs when a signal ends the process; what they then report is no error, and has been told.
        if (ShutdownHookManager.get().isShutdownInProgress()) {
            return ExitCode.INTERRUPTED;
        }
        Optional<String> message = userMessage(e, commandLine.getCommandSpec());
        if (message.isEmpty()) {
            internal(e, err);
            return ExitCode.INTERNAL;
        }
        err.printf("%s: %s%n", commandLine.getCommandSpec().qualifiedName(), message.get());
        if (commandLine.getCommandSpec().root().findOption(VERBOSE).<Boolean>getValue()) {
            e.printStackTrace(err);
        }
        return ExitCode.BAD_INPUT;
    }

    /** Tells of an error of this program. */
    static void internal(Throwable e, PrintWriter err) {
        err.println("fcn: internal error; please report it with what follows and with what 'fcn doctor' prints");
        e.printStackTrace(err);
    }

    /** What to tell the user, if the error is not this program's. Spark wraps what happens in a task, so causes count. */
    private static Optional<String> userMessage(Throwable e, CommandSpec command) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof UserException || t instanceof ImageException) {
                return Optional.of(t.getMessage());
            }
            if (t instanceof FcnException fcn) {
                return Optional.of(message(fcn, command));
            }
            if (t instanceof AnalysisException analysis) {
                return Optional.of(SqlException.message(analysis));
            }
        }
        return StorageFaults.of(e).map(FcnException::getMessage);
    }

    /** The message, with the option by which the user puts it right. */
    private static String message(FcnException e, CommandSpec command) {
        return e.getMessage()
                + e.setting()
                        .flatMap(setting -> OptionNames.of(setting, command))
                        .map(" (option %s)"::formatted)
                        .orElse("");
    }
}
