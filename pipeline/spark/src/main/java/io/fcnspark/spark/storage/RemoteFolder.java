package io.fcnspark.spark.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsAction;

/** A folder on any Hadoop file system that files are put into, each at once: a reader sees the old one or the new one. */
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
    public List<String> names() throws IOException {
        List<String> names = new ArrayList<>();
        if (fileSystem.exists(path)) {
            for (FileStatus status : fileSystem.listStatus(path)) {
                names.add(status.getPath().getName());
            }
        }
        return names;
    }

    public void put(java.nio.file.Path local, String name) throws IOException {
        fileSystem.mkdirs(path);
        Path target = HadoopPaths.below(path, name);
        Path part = HadoopPaths.below(path, "_" + name + ".part");
        if (isLocal()) {
            // Hadoop's own would write a checksum file beside each.
            java.nio.file.Path localPart = java.nio.file.Path.of(part.toUri().getPath());
            // As a stream: the rights of a temporary file, which nobody else may read, stay behind.
            try (InputStream in = Files.newInputStream(local)) {
                Files.copy(in, localPart, StandardCopyOption.REPLACE_EXISTING);
            }
            Files.move(
                    localPart,
                    java.nio.file.Path.of(target.toUri().getPath()),
                    StandardCopyOption.REPLACE_EXISTING,
                    StandardCopyOption.ATOMIC_MOVE);
            return;
        }
        fileSystem.copyFromLocalFile(false, true, new Path(local.toUri()), part);
        fileSystem.delete(target, false);
        if (!fileSystem.rename(part, target)) {
            throw new IOException("%s cannot be renamed to %s".formatted(part, target));
        }
    }

    public void putText(String text, String name) throws IOException {
        java.nio.file.Path local = Files.createTempFile("fcn-", ".txt");
        try {
            Files.writeString(local, text);
            put(local, name);
        } finally {
            Files.delete(local);
        }
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

    public void delete() throws IOException {
        fileSystem.delete(path, true);
    }

    private boolean isLocal() {
        return fileSystem.getScheme().equals("file");
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
