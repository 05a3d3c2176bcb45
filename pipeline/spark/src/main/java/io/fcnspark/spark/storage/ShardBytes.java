package io.fcnspark.spark.storage;

import io.fcnspark.image.ImageException;
import io.fcnspark.image.ImageException.Code;
import io.fcnspark.labelling.EntryBytes;
import io.fcnspark.labelling.ImageFile;
import io.fcnspark.shards.DamagedShardException;
import io.fcnspark.shards.ShardCursor;
import io.fcnspark.shards.ShardFormat;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * Entries of shards on any Hadoop file system. One shard is open at a time, and is read on from one entry to the next: quick
 * for those who ask for the entries of a shard one after another.
 */
public final class ShardBytes implements EntryBytes, AutoCloseable {
    private final Configuration configuration;
    private final long maxBytes;
    private String open;
    private long modified;
    private ShardCursor cursor;

    /**
     * @param maxBytes a longer entry is refused, whether there is as much of it or not
     */
    public ShardBytes(Configuration configuration, long maxBytes) {
        this.configuration = configuration;
        this.maxBytes = maxBytes;
    }

    @Override
    public synchronized byte[] read(ImageFile image, String shard, long offset, long bytes)
            throws IOException, ImageException {
        if (bytes > maxBytes) {
            throw new ImageException(
                    Code.TOO_LARGE, "the entry has %d bytes: the limit is %d".formatted(bytes, maxBytes));
        }
        if (!shard.equals(open)) {
            open(shard);
        }
        // Where an entry was is not where it is in another shard of the same name.
        if (modified != image.modified().getTime()) {
            throw new ImageException(
                    Code.UNREADABLE,
                    "the shard has changed since it was listed; the next run labels what it holds now");
        }
        try {
            return cursor.read(offset, Math.toIntExact(bytes));
        } catch (DamagedShardException e) {
            throw new ImageException(Code.TRUNCATED, e.getMessage(), e);
        }
    }

    private void open(String shard) throws IOException {
        close();
        Path path = new Path(shard);
        FileStatus status = StoredFiles.status(path, configuration);
        cursor = new ShardCursor(
                new StoredShard(path, status.getLen(), configuration),
                ShardFormat.of(shard).orElseThrow());
        modified = status.getModificationTime();
        open = shard;
    }

    @Override
    public synchronized void close() {
        if (cursor != null) {
            cursor.close();
        }
        cursor = null;
        open = null;
    }
}
