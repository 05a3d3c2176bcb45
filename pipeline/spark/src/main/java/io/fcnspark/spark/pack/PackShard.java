package io.fcnspark.spark.pack;

import io.fcnspark.errors.Setting;
import io.fcnspark.image.ImageException;
import io.fcnspark.labelling.FileBytes;
import io.fcnspark.labelling.ReadAhead;
import io.fcnspark.shards.PackedName;
import io.fcnspark.shards.ShardWriter;
import io.fcnspark.spark.storage.HadoopFileBytes;
import io.fcnspark.spark.storage.HadoopPaths;
import io.fcnspark.spark.storage.RetriedFileBytes;
import io.fcnspark.spark.storage.StorageFaults;
import java.io.IOException;
import java.io.Serializable;
import java.util.Iterator;
import java.util.function.Function;
import org.apache.spark.TaskContext;
import org.apache.spark.util.SerializableConfiguration;

/** What travels to an executor to write one shard. */
record PackShard(String output, int shards, SerializableConfiguration hadoop) implements Serializable {
    private static final ReadAhead.Limits READING = new ReadAhead.Limits(8, 8, 32, 64L << 20);

    /** As large as an image file may be at most. */
    private static final long MOST_BYTES = 1 << 30;

    /**
     * An image to pack.
     *
     * @param uri of the image
     * @param truth of its truth; null if there is none
     */
    record Item(PackedName name, String uri, String truth) implements Serializable {
        /** In the order of the shards. */
        String order() {
            return name.key() + "\0" + name.ending();
        }
    }

    /** What a shard holds. */
    record Packed(long images, long truths, long bytes) implements Serializable {
        Packed plus(Packed other) {
            return new Packed(images + other.images, truths + other.truths, bytes + other.bytes);
        }
    }

    private record Loaded(Item item, byte[] image, byte[] truth) {
        long bytes() {
            return (long) image.length + (truth == null ? 0 : truth.length);
        }
    }

    /** The name of a shard, by its number from 0. */
    static String name(int number, int shards) {
        return "shards-%05d-of-%05d.tar".formatted(number, shards);
    }

    /** Writes the shard of a number. */
    Packed write(int number, Iterator<Item> items) throws IOException {
        FileBytes files = RetriedFileBytes.of(new HadoopFileBytes(hadoop.value(), MOST_BYTES));
        long[] counts = new long[2];
        try (ReadAhead<Item, Item, Loaded> loaded =
                new ReadAhead<>(items, Function.identity(), item -> load(files, item), Loaded::bytes, READING)) {
            long bytes = new ShardFolder(output, hadoop.value())
                    .write(name(number, shards), TaskContext.get().taskAttemptId(), out -> {
                        ShardWriter writer = new ShardWriter(out);
                        String before = null;
                        while (loaded.hasNext()) {
                            Loaded next = loaded.next();
                            PackedName name = next.item().name();
                            PackedName entry = name.key().equals(before) ? name.apart() : name;
                            writer.add(entry.image(), next.image());
                            counts[0]++;
                            if (next.truth() != null) {
                                writer.add(entry.truth(next.item().truth()), next.truth());
                                counts[1]++;
                            }
                            before = name.key();
                        }
                        writer.close();
                    });
            return new Packed(counts[0], counts[1], bytes);
        }
    }

    private static Loaded load(FileBytes files, Item item) {
        return new Loaded(item, read(files, item.uri()), item.truth() == null ? null : read(files, item.truth()));
    }

    private static byte[] read(FileBytes files, String uri) {
        try {
            return files.read(uri);
        } catch (IOException | ImageException e) {
            throw StorageFaults.unreadable(
                    new Setting("inputs"), "%s cannot be packed: %s".formatted(uri, HadoopPaths.reason(e)), e);
        }
    }
}
