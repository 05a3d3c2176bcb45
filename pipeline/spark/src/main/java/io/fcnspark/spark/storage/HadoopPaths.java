package io.fcnspark.spark.storage;

import io.fcnspark.errors.BadInputException;
import io.fcnspark.labelling.ImageFile;
import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.sql.Timestamp;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.hadoop.io.MultipleIOException;

/** What every user of Hadoop's file systems needs to know of their paths and errors. */
public final class HadoopPaths {
    private static final Pattern STORAGE = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]*:(//[^/]*)?(?=/)");

    private static final int MOST_REASONS = 8;

    private HadoopPaths() {}

    /**
     * The path of a URI. Hadoop takes what comes before a colon for a scheme; in a relative name such as {@code 05:00.jpg} there
     * is none.
     *
     * @throws BadInputException if it is no URI
     */
    public static Path of(String uri) {
        try {
            return new Path(uri);
        } catch (IllegalArgumentException e) {
            if (uri.isBlank() || uri.contains("://")) {
                throw new BadInputException("'%s' is no path and no URI: %s".formatted(uri, reason(e)), e);
            }
            return new Path(Path.CUR_DIR + Path.SEPARATOR + uri);
        }
    }

    /** A path below a folder, whatever characters its names have. */
    public static Path below(Path folder, String path) {
        return new Path(folder, new Path(Path.CUR_DIR + Path.SEPARATOR + path));
    }

    /** The path within its storage that a URI names: without a scheme and what follows that. */
    public static String pathOf(String uri) {
        return STORAGE.matcher(uri).replaceFirst("");
    }

    /**
     * The file system of a path.
     *
     * @throws BadInputException if nothing on the class path knows the scheme; says what does
     */
    public static FileSystem fileSystem(Path path, Configuration configuration) throws IOException {
        try {
            return path.getFileSystem(configuration);
        } catch (UnsupportedFileSystemException e) {
            throw Connectors.missing(path, e);
        } catch (RuntimeException e) {
            // Hadoop names classes for the schemes of all its modules, whether they are there or not.
            if (e.getCause() instanceof ClassNotFoundException) {
                throw Connectors.missing(path, e);
            }
            throw e;
        }
    }

    /**
     * The file system of a path, on this machine's disks without checksums: they are files of their own, which Hadoop cannot
     * name beside a file whose name has a colon.
     *
     * @throws BadInputException as {@link #fileSystem}
     */
    public static FileSystem withoutChecksums(Path path, Configuration configuration) throws IOException {
        FileSystem fileSystem = fileSystem(path, configuration);
        return fileSystem instanceof LocalFileSystem local ? local.getRaw() : fileSystem;
    }

    /** A path for functions that take a glob, as Spark's do: matches that path alone, whatever characters it has. */
    public static String globEscaped(Path path) {
        return path.toString().replaceAll("([\\\\*?\\[\\]{}])", "\\\\$1");
    }

    /** Whether a name is, by custom, not data: it begins with a dot or an underscore. */
    public static boolean isHidden(String name) {
        return name.startsWith(".") || name.startsWith("_");
    }

    /** A file with its time and length. */
    public static ImageFile imageFile(FileStatus status) {
        return new ImageFile(status.getPath().toString(), new Timestamp(status.getModificationTime()), status.getLen());
    }

    /** What went wrong, for a message: with the reasons that lie beneath, where the message does not have them. */
    public static String reason(Exception e) {
        StringBuilder reason = new StringBuilder(message(e));
        Deque<Throwable> beneath = new ArrayDeque<>(beneath(e));
        for (int i = 0; i < MOST_REASONS && !beneath.isEmpty(); i++) {
            Throwable next = beneath.removeFirst();
            String message = message(next).lines().findFirst().orElse("");
            if (reason.indexOf(message) < 0) {
                reason.append(": ").append(message);
            }
            beneath.addAll(beneath(next));
        }
        return reason.toString();
    }

    /** Java's own messages for files are often the bare path. */
    private static String message(Throwable e) {
        if (e instanceof FileSystemException file && file.getFile() != null) {
            return "%s: %s".formatted(file.getFile(), what(file));
        }
        if (e instanceof UnknownHostException) {
            return "unknown host " + e.getMessage();
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private static String what(FileSystemException e) {
        if (e.getReason() != null) {
            return e.getReason();
        }
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
        return e instanceof DirectoryNotEmptyException
                ? "directory not empty"
                : e.getClass().getSimpleName();
    }

    private static List<Throwable> beneath(Throwable e) {
        List<Throwable> all = new ArrayList<>();
        if (e instanceof MultipleIOException several) {
            all.addAll(several.getExceptions());
        }
        if (e.getCause() != null) {
            all.add(e.getCause());
        }
        all.addAll(Arrays.asList(e.getSuppressed()));
        return all;
    }
}
