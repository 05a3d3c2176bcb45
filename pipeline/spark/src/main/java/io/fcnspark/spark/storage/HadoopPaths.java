package io.fcnspark.spark.storage;

import io.fcnspark.labelling.ImageFile;
import java.sql.Timestamp;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/** What every user of Hadoop's file systems needs to know of their paths and errors. */
public final class HadoopPaths {
    private HadoopPaths() {}

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
}
