package io.fcnspark.spark.storage;

import io.fcnspark.errors.BadInputException;
import io.fcnspark.errors.FcnException;
import io.fcnspark.errors.Setting;
import io.fcnspark.errors.StorageException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.hadoop.security.AccessControlException;

/** Tells failures of a storage, and those that Spark's tasks met, from errors of this library. */
public final class StorageFaults {
    /** What wraps the exception of a task, of a thread or of a file system, and adds nothing that counts. */
    private static final List<String> WRAPPING_PACKAGES =
            List.of("org.apache.spark.", "org.apache.hadoop.", "org.apache.parquet.", "org.apache.iceberg.");

    private StorageFaults() {}

    /**
     * Runs an action, and throws what somebody can put right as what it is, without what Spark wraps it in.
     *
     * @throws FcnException that a task threw, or a {@link StorageException} if one could not read or write a file
     */
    public static <T> T named(Supplier<T> action) {
        try {
            return action.get();
        } catch (FcnException e) {
            throw e;
        } catch (Exception e) {
            FcnException named = of(e).orElse(null);
            if (named == null) {
                throw e;
            }
            if (named.getCause() != e) {
                named.addSuppressed(e);
            }
            throw named;
        }
    }

    /**
     * What an exception means if somebody outside this library can put it right. It is the first one below what Spark, threads and
     * file formats wrap exceptions in that counts: one that has an {@link IOException} further down is an error of its own.
     */
    public static Optional<FcnException> of(Throwable thrown) {
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            if (t instanceof FcnException known) {
                return Optional.of(known);
            }
            if (t instanceof IOException io) {
                return hidesAnError(io)
                        ? Optional.empty()
                        : Optional.of(new StorageException(
                                "a file cannot be read or written: %s".formatted(HadoopPaths.reason(io)), thrown));
            }
            if (!isWrapper(t)) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    private static boolean isWrapper(Throwable t) {
        return t instanceof UncheckedIOException
                || t instanceof ExecutionException
                || t instanceof CompletionException
                || t.getClass() == RuntimeException.class
                || WRAPPING_PACKAGES.stream().anyMatch(t.getClass().getName()::startsWith);
    }

    /** Whether code failed by an error in itself, which something then took for a failed file. */
    private static boolean hidesAnError(IOException io) {
        for (Throwable t = io.getCause(); t != null; t = t.getCause()) {
            if (t instanceof NullPointerException
                    || t instanceof ClassCastException
                    || t instanceof IndexOutOfBoundsException
                    || t instanceof ArithmeticException
                    || t instanceof AssertionError
                    || t instanceof LinkageError) {
                return true;
            }
        }
        return false;
    }

    /**
     * For what cannot be read: the user's fault if it is not there, is not to be read by this user, or is in no storage that is
     * known; else the storage's.
     *
     * @param setting that names it
     */
    public static FcnException unreadable(Setting setting, String message, Exception cause) {
        return isForTheUser(cause)
                ? new BadInputException(setting, message, cause)
                : new StorageException(message, cause);
    }

    /** Whether it is for the user to put right, by another name or other rights; else it is for the storage. */
    public static boolean isForTheUser(Exception e) {
        return !(e instanceof IOException)
                || e instanceof FileNotFoundException
                || e instanceof NoSuchFileException
                || e instanceof NotDirectoryException
                || e instanceof AccessDeniedException
                || e instanceof AccessControlException
                || e instanceof UnsupportedFileSystemException;
    }
}
