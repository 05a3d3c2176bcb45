package io.fcnspark.spark.storage;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.hadoop.fs.permission.FsAction;

/**
 * A folder on any Hadoop file system that files are put into whole: a reader sees the old file or the new one. On a local file
 * system and on HDFS a complete file takes the old one's place by a rename; on an object store, a file is there when its upload is
 * complete. Other file systems have no way to replace a file at once: there the old file goes, and then the new one, complete
 * beside it as {@code _NAME.part}, gets its name; in between a reader finds no file of that name.
 */
public record RemoteFolder(FileSystem fileSystem, Path path) {
    public static RemoteFolder of(String uri, Configuration configuration) throws IOException {
        Path path = HadoopPaths.of(uri);
        FileSystem fileSystem = HadoopPaths.fileSystem(path, configuration);
        return new RemoteFolder(fileSystem, fileSystem.makeQualified(path));
    }

    /**
     * Requires that it can be written to, or made, as far as that can be seen without writing.
     *
     * @throws IOException with the reason, if it cannot
     */
    public void requireWritable() throws IOException {
        Path existing = path;
        while (!existing.isRoot() && !fileSystem.exists(existing)) {
            existing = existing.getParent();
        }
        if (!existing.isRoot() && fileSystem.getFileStatus(existing).isFile()) {
            throw new IOException(existing + " is a file");
        }
        fileSystem.access(existing, FsAction.WRITE);
    }

    public RemoteFolder folder(String name) {
        return new RemoteFolder(fileSystem, HadoopPaths.below(path, name));
    }

    /** Names of what is in the folder; none if there is no folder. */
    public Set<String> names() throws IOException {
        Set<String> names = new TreeSet<>();
        if (fileSystem.exists(path)) {
            for (FileStatus status : fileSystem.listStatus(path)) {
                names.add(status.getPath().getName());
            }
        }
        return names;
    }

    /** What the bytes of a file come from; opened once. */
    private interface Source {
        InputStream open() throws IOException;
    }

    public void put(java.nio.file.Path local, String name) throws IOException {
        put(() -> Files.newInputStream(local), name);
    }

    public void putText(String text, String name) throws IOException {
        put(() -> new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), name);
    }

    private void put(Source source, String name) throws IOException {
        fileSystem.mkdirs(path);
        Path target = HadoopPaths.below(path, name);
        if (isLocal()) {
            replaceLocally(source, name);
        } else if (fileSystem.hasPathCapability(path, CommonPathCapabilities.ABORTABLE_STREAM)) {
            upload(source, target);
        } else {
            Path part = HadoopPaths.below(path, "_" + name + ".part");
            try (InputStream in = source.open();
                    OutputStream out = fileSystem.create(part, true)) {
                in.transferTo(out);
            }
            replace(part, target);
        }
    }

    /** Without Hadoop, which would write a checksum file beside each. */
    private void replaceLocally(Source source, String name) throws IOException {
        java.nio.file.Path folder = java.nio.file.Path.of(path.toUri().getPath());
        java.nio.file.Path part = folder.resolve("_" + name + ".part");
        // As a stream: the rights of a temporary file, which nobody else may read, stay behind.
        try (InputStream in = source.open()) {
            Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
        }
        Files.move(part, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    /** A stream that can be aborted is of a store that shows nothing of a file before its stream is closed. */
    private void upload(Source source, Path target) throws IOException {
        FSDataOutputStream out = fileSystem.create(target, true);
        try (InputStream in = source.open()) {
            in.transferTo(out);
        } catch (IOException | RuntimeException e) {
            out.abort();
            throw e;
        }
        out.close();
    }

    private void replace(Path part, Path target) throws IOException {
        FileContext context;
        try {
            context = FileContext.getFileContext(fileSystem.getUri(), fileSystem.getConf());
        } catch (UnsupportedFileSystemException e) {
            fileSystem.delete(target, false);
            rename(part, target);
            return;
        }
        // At once on HDFS; the others do what is done above.
        context.rename(part, target, Options.Rename.OVERWRITE);
    }

    private void rename(Path from, Path to) throws IOException {
        if (!fileSystem.rename(from, to)) {
            throw new IOException("%s cannot be renamed to %s".formatted(from, to));
        }
    }

    /** Gives a file another name, which no file has. */
    public void move(String from, String to) throws IOException {
        rename(new Path(path, from), new Path(path, to));
    }

    public boolean has(String name) throws IOException {
        return fileSystem.exists(HadoopPaths.below(path, name));
    }

    public void fetch(String name, java.nio.file.Path local) throws IOException {
        try (var in = fileSystem.open(HadoopPaths.below(path, name))) {
            Files.copy(in, local, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    public String text(String name) throws IOException {
        try (var in = fileSystem.open(HadoopPaths.below(path, name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    public void delete(String name) throws IOException {
        fileSystem.delete(HadoopPaths.below(path, name), false);
    }

    /** Deletes the folder and all that is in it. */
    public void delete() throws IOException {
        fileSystem.delete(path, true);
    }

    /** Whether the folder is on this machine. */
    public boolean isLocal() {
        return fileSystem.getScheme().equals("file");
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
