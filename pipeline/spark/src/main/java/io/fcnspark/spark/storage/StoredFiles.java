package io.fcnspark.spark.storage;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/** Files of any Hadoop file system, whatever their names; those of this machine are read with Java's own means, which know more names. */
public final class StoredFiles {
    private StoredFiles() {}

    /** What lies directly in a folder, page by page. */
    public static RemoteIterator<FileStatus> list(Path folder, Configuration configuration) throws IOException {
        FileSystem fileSystem = HadoopPaths.fileSystem(folder, configuration);
        return isLocal(fileSystem)
                ? LocalFiles.list(fileSystem.makeQualified(folder))
                : fileSystem.listStatusIterator(folder);
    }

    /**
     * Length and time of a file, or that it is a folder.
     *
     * @throws FileNotFoundException if there is neither
     */
    public static FileStatus status(Path path, Configuration configuration) throws IOException {
        FileSystem fileSystem = HadoopPaths.fileSystem(path, configuration);
        return isLocal(fileSystem) ? LocalFiles.status(fileSystem.makeQualified(path)) : fileSystem.getFileStatus(path);
    }

    /**
     * Opens a file, to be read from a place on.
     *
     * @throws FileNotFoundException if there is none
     */
    public static InputStream open(Path path, long position, Configuration configuration) throws IOException {
        FileSystem fileSystem = HadoopPaths.fileSystem(path, configuration);
        if (isLocal(fileSystem)) {
            return LocalFiles.open(fileSystem.makeQualified(path), position);
        }
        FSDataInputStream in = fileSystem.open(path);
        try {
            in.seek(position);
            return in;
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    /** Whether files are of this machine, where Java reaches them, too. */
    static boolean isLocal(FileSystem fileSystem) {
        return fileSystem.getScheme().equals("file");
    }
}
