package io.fcnspark.spark.actions;

import io.fcnspark.image.ImageException;
import io.fcnspark.image.ImageException.Code;
import io.fcnspark.shards.DamagedShardException;
import io.fcnspark.shards.ShardCursor;
import io.fcnspark.shards.ShardEntry;
import io.fcnspark.shards.ShardFormat;
import io.fcnspark.shards.ShardReader;
import io.fcnspark.spark.tables.EntryName;
import io.fcnspark.spark.tables.StoredShard;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Images of which nothing but the URI is known, be they files or entries of shards. Where the entries of a shard are is looked up
 * when the first is asked for, and forgotten for the next shard: quick for those who ask for the entries of a shard one after
 * another.
 */
final class StoredImages implements FileBytes, AutoCloseable {
    private final Configuration configuration;
    private final long maxBytes;
    private final FileBytes files;
    private String open;
    private Map<String, ShardEntry> entries = Map.of();
    private ShardCursor cursor;

    private StoredImages(Configuration configuration, long maxPixels) {
        this.configuration = configuration;
        this.maxBytes = HadoopFileBytes.mostBytes(maxPixels);
        this.files = HadoopFileBytes.forImages(configuration, maxPixels);
    }

    /** Images of at most {@code maxPixels} pixels, for a task of Spark's, at the end of which they are closed. */
    static StoredImages ofTask(Configuration configuration, long maxPixels) {
        StoredImages images = new StoredImages(configuration, maxPixels);
        TaskContext.get().addTaskCompletionListener((TaskCompletionListener) context -> images.close());
        return images;
    }

    @Override
    public byte[] read(String uri) throws IOException, ImageException {
        Optional<EntryName> entry = EntryName.of(uri);
        return entry.isEmpty() ? files.read(uri) : read(entry.get());
    }

    private byte[] read(EntryName name) throws IOException, ImageException {
        if (!name.shard().equals(open)) {
            open(name.shard());
        }
        ShardEntry entry = entries.get(name.entry());
        if (entry == null) {
            throw new FileNotFoundException("%s has no entry %s".formatted(name.shard(), name.entry()));
        }
        if (entry.offset() == ShardEntry.SCATTERED) {
            throw new ImageException(Code.UNSUPPORTED, "the shard holds it as a sparse file");
        }
        if (entry.bytes() > maxBytes) {
            throw new ImageException(
                    Code.TOO_LARGE, "the entry has %d bytes: the limit is %d".formatted(entry.bytes(), maxBytes));
        }
        try {
            return cursor.read(entry.offset(), Math.toIntExact(entry.bytes()));
        } catch (DamagedShardException e) {
            throw new ImageException(Code.TRUNCATED, e.getMessage(), e);
        }
    }

    private void open(String shard) throws IOException {
        close();
        Path path = new Path(shard);
        StoredShard stored = new StoredShard(
                path, path.getFileSystem(configuration).getFileStatus(path).getLen(), configuration);
        ShardFormat format = ShardFormat.of(shard).orElseThrow();
        entries = new HashMap<>();
        try (ShardReader reader = new ShardReader(stored, format)) {
            for (Optional<ShardEntry> e = reader.next(); e.isPresent(); e = reader.next()) {
                // As when it was labelled, the first of a name counts.
                entries.putIfAbsent(e.get().name(), e.get());
            }
        } catch (DamagedShardException e) {
            // What comes before the damage was labelled.
        }
        cursor = new ShardCursor(stored, format);
        open = shard;
    }

    @Override
    public void close() {
        if (cursor != null) {
            cursor.close();
        }
        cursor = null;
        open = null;
    }
}
