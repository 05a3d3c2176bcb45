package io.fcnspark.spark.storage;

import io.fcnspark.image.ImageException;
import io.fcnspark.image.ImageException.Code;
import io.fcnspark.labelling.EntryName;
import io.fcnspark.labelling.FileBytes;
import io.fcnspark.labelling.ImageFile;
import io.fcnspark.shards.DamagedShardException;
import io.fcnspark.shards.ShardEntry;
import io.fcnspark.shards.ShardFormat;
import io.fcnspark.shards.ShardReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.sql.Timestamp;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Images of which nothing but the URI is known, be they files or entries of shards. Where the entries of a shard are is looked up
 * when the first is asked for, and forgotten for the next shard: quick for those who ask for the entries of a shard one after
 * another.
 */
public final class StoredImages implements FileBytes, AutoCloseable {
    private final Configuration configuration;
    private final FileBytes files;
    private final ShardBytes shards;
    private String listed;
    private Timestamp modified;
    private Map<String, ShardEntry> entries = Map.of();

    private StoredImages(Configuration configuration, long maxPixels) {
        this.configuration = configuration;
        this.files = HadoopFileBytes.forImages(configuration, maxPixels);
        this.shards = new ShardBytes(configuration, HadoopFileBytes.mostBytes(maxPixels));
    }

    /** Images of at most {@code maxPixels} pixels, for a task of Spark's, at the end of which they are closed. */
    public static StoredImages ofTask(Configuration configuration, long maxPixels) {
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
        if (!name.shard().equals(listed)) {
            list(name.shard());
        }
        ShardEntry entry = entries.get(name.entry());
        if (entry == null) {
            throw new FileNotFoundException("%s has no entry %s".formatted(name.shard(), name.entry()));
        }
        if (entry.offset() == ShardEntry.SCATTERED) {
            throw new ImageException(Code.UNSUPPORTED, "the shard holds it as a sparse file");
        }
        ImageFile image = new ImageFile(name.uri(), modified, entry.bytes());
        return shards.read(image, name.shard(), entry.offset(), entry.bytes());
    }

    private void list(String shard) throws IOException {
        listed = null;
        Path path = new Path(shard);
        FileStatus status = StoredFiles.status(path, configuration);
        entries = new HashMap<>();
        try (ShardReader reader = new ShardReader(
                new StoredShard(path, status.getLen(), configuration),
                ShardFormat.of(shard).orElseThrow())) {
            for (Optional<ShardEntry> e = reader.next(); e.isPresent(); e = reader.next()) {
                // As when it was labelled, the first of a name counts.
                entries.putIfAbsent(e.get().name(), e.get());
            }
        } catch (DamagedShardException e) {
            // What comes before the damage was labelled.
        }
        modified = new Timestamp(status.getModificationTime());
        listed = shard;
    }

    @Override
    public void close() {
        shards.close();
    }
}
