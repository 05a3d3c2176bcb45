package io.fcnspark.spark.storage;

import io.fcnspark.shards.StoredFile;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * A shard on any Hadoop file system.
 *
 * @param length in bytes, as listed
 */
public record StoredShard(Path path, long length, Configuration configuration) implements StoredFile {
    @Override
    public InputStream open(long position) throws IOException {
        return StoredFiles.open(path, position, configuration);
    }
}
