package io.fcnspark.spark.pack;

import io.fcnspark.errors.OutputException;
import io.fcnspark.errors.Setting;
import io.fcnspark.shards.ShardFormat;
import io.fcnspark.spark.storage.HadoopPaths;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A folder of shards, in which each appears whole or not at all. */
public final class ShardFolder {
    private static final String UNFINISHED = ".unfinished";

    private final Path folder;
    private final FileSystem storage;

    /**
     * @throws OutputException if there is no such storage
     */
    public ShardFolder(String uri, Configuration configuration) {
        folder = HadoopPaths.of(uri);
        try {
            storage = HadoopPaths.fileSystem(folder, configuration);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /** What writes a shard. */
    @FunctionalInterface
    public interface Content {
        /** Writes and closes. */
        void writeTo(OutputStream out) throws IOException;
    }

    /** The names of the shards in it; none if there is no such folder. */
    public List<String> shards() {
        return names().stream()
                .filter(name ->
                        !name.endsWith(UNFINISHED) && ShardFormat.of(name).isPresent())
                .toList();
    }

    /** Makes it, and takes away what a killed run left unfinished. */
    public void prepare() {
        try {
            storage.mkdirs(folder);
            for (String name : names()) {
                if (name.endsWith(UNFINISHED)) {
                    storage.delete(new Path(folder, name), false);
                }
            }
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /** Takes away all shards but some. */
    public void retain(Set<String> names) {
        try {
            for (String name : shards()) {
                if (!names.contains(name)) {
                    storage.delete(new Path(folder, name), false);
                }
            }
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /**
     * Writes a shard, in place of one of that name.
     *
     * @param attempt differs between those who write the same shard at the same time
     * @return its length in bytes
     */
    public long write(String name, long attempt, Content content) throws IOException {
        Path target = new Path(folder, name);
        // Where nothing is visible before it is closed, and a rename is a copy.
        boolean atomic = storage.hasPathCapability(target, CommonPathCapabilities.ABORTABLE_STREAM);
        Path written = atomic ? target : new Path(folder, "." + name + "." + attempt + UNFINISHED);
        FSDataOutputStream out = storage.create(written, true);
        try {
            content.writeTo(out);
        } catch (IOException | RuntimeException e) {
            if (atomic) {
                out.abort();
            } else {
                out.close();
                storage.delete(written, false);
            }
            throw e;
        }
        if (!atomic) {
            storage.delete(target, false);
            if (!storage.rename(written, target)) {
                throw new IOException("%s cannot be renamed to %s".formatted(written, target));
            }
        }
        return storage.getFileStatus(target).getLen();
    }

    private List<String> names() {
        try {
            return new ArrayList<>(Arrays.stream(storage.listStatus(folder))
                    .filter(FileStatus::isFile)
                    .map(status -> status.getPath().getName())
                    .toList());
        } catch (FileNotFoundException e) {
            return List.of();
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private OutputException failure(IOException e) {
        return new OutputException(
                new Setting("output"), "output %s cannot be written: %s".formatted(folder, HadoopPaths.reason(e)), e);
    }
}
