package io.fcnspark.shards;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/** Shards for tests. */
final class Shards {
    private Shards() {}

    /** A shard of entries of the given names, each with its name as its content, and then some. */
    static byte[] named(String... names) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ShardWriter writer = new ShardWriter(out)) {
            for (String name : names) {
                writer.add(name, content(name));
            }
        }
        return out.toByteArray();
    }

    static byte[] of(Map<String, byte[]> entries) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ShardWriter writer = new ShardWriter(out)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                writer.add(entry.getKey(), entry.getValue());
            }
        }
        return out.toByteArray();
    }

    /** Bytes that follow from a name, some hundred to some thousand. */
    static byte[] content(String name) {
        Random random = new Random(name.hashCode());
        byte[] bytes = new byte[100 + random.nextInt(3000)];
        random.nextBytes(bytes);
        return bytes;
    }

    static byte[] gzip(byte[]... members) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] member : members) {
            try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
                gzip.write(member);
            }
        }
        return out.toByteArray();
    }

    /** All entries up to the end, or up to what is wrong. */
    static Outcome<ShardEntry> entries(StoredFile file, ShardFormat format) throws IOException {
        List<ShardEntry> entries = new ArrayList<>();
        try (ShardReader reader = new ShardReader(file, format)) {
            Optional<ShardEntry> entry = reader.next();
            while (entry.isPresent()) {
                entries.add(entry.get());
                entry = reader.next();
            }
            return new Outcome<>(entries, "");
        } catch (DamagedShardException e) {
            return new Outcome<>(entries, e.getMessage());
        }
    }

    static Outcome<ShardImage> images(StoredFile file, ShardFormat format) throws IOException {
        List<ShardImage> images = new ArrayList<>();
        try (ShardImages all = new ShardImages(new ShardReader(file, format))) {
            Optional<ShardImage> image = all.next();
            while (image.isPresent()) {
                images.add(image.get());
                image = all.next();
            }
            return new Outcome<>(images, "");
        } catch (DamagedShardException e) {
            return new Outcome<>(images, e.getMessage());
        }
    }

    /**
     * What a shard gave.
     *
     * @param damage what is wrong with it; empty if nothing
     */
    record Outcome<T>(List<T> found, String damage) {}
}
