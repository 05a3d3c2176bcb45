package io.fcnspark.jobs;

import io.fcnspark.errors.FcnException;
import io.fcnspark.image.ImageException;
import io.fcnspark.spark.storage.HadoopPaths;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Optional;
import org.apache.hadoop.util.ShutdownHookManager;
import org.apache.spark.sql.AnalysisException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
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
        Optional<String> message = userMessage(e);
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

    /** What to tell the user, if the error is the user's to mend. Spark wraps what happens in a task, so causes count. */
    private static Optional<String> userMessage(Throwable e) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof UserException || t instanceof FcnException || t instanceof ImageException) {
                return Optional.of(t.getMessage());
            }
            if (t instanceof AnalysisException analysis) {
                return Optional.of(SqlException.message(analysis));
            }
            if (t instanceof IOException io) {
                return Optional.of(message(io));
            }
        }
        return Optional.empty();
    }

    /** Java's messages for files are often the bare path. */
    private static String message(IOException e) {
        if (e instanceof FileSystemException file) {
            return "%s: %s".formatted(file.getFile(), reason(file));
        }
        if (e instanceof UnknownHostException) {
            return "unknown host " + e.getMessage();
        }
        return HadoopPaths.reason(e);
    }

    private static String reason(FileSystemException e) {
        if (e instanceof NoSuchFileException) {
            return "no such file or directory";
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof FileAlreadyExistsException) {
            return "exists already, and is no directory";
        }
        if (e instanceof NotDirectoryException) {
            return "not a directory";
        }
        if (e instanceof DirectoryNotEmptyException) {
            return "directory not empty";
        }
        return e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
    }
}
