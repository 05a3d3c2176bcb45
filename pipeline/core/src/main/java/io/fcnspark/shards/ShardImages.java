package io.fcnspark.shards;

import io.fcnspark.image.ImageNames;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The images in a shard, each with its truth, in the order of the shard.
 *
 * <p>As WebDataset has it, consecutive entries whose names are equal up to the first dot form a sample. Of the images in it,
 * {@code x.seg.png} and {@code x.mask.png} (or another image format) are truth; without those, {@code x.png} is the truth of
 * one image in another format. Of entries of the same name in a sample the first counts. In a sample of several images nobody knows whose the truth would be, so none has any. Names of
 * which a part begins with a dot are, by custom, not data.
 */
public final class ShardImages implements AutoCloseable {
    /** Of one sample, at most: more are as good as several samples. */
    private static final int MOST_IN_A_SAMPLE = 1000;

    private static final List<String> TRUTH_KINDS = List.of("seg", "mask");

    private final ShardReader reader;
    private final Deque<ShardImage> ready = new ArrayDeque<>();
    private Optional<ShardEntry> ahead = Optional.empty();
    private boolean started;
    private DamagedShardException damage;
    private IOException failure;

    public ShardImages(ShardReader reader) {
        this.reader = reader;
    }

    /**
     * The next image; empty after the last one.
     *
     * @throws DamagedShardException after the last one that is good
     * @throws IOException after the last one that the storage gives
     */
    public Optional<ShardImage> next() throws DamagedShardException, IOException {
        while (ready.isEmpty()) {
            if (!started) {
                started = true;
                ahead = nextData();
            }
            if (ahead.isEmpty()) {
                if (damage != null) {
                    throw damage;
                }
                if (failure != null) {
                    throw failure;
                }
                return Optional.empty();
            }
            ready.addAll(images(sample()));
        }
        return Optional.of(ready.removeFirst());
    }

    /** The images of one sample; what comes after it waits in {@code ahead}. */
    private List<ShardEntry> sample() {
        String key = key(ahead.get().name());
        Map<String, ShardEntry> sample = new LinkedHashMap<>();
        while (ahead.isPresent()
                && sample.size() < MOST_IN_A_SAMPLE
                && key.equals(key(ahead.get().name()))) {
            if (ImageNames.isImage(ahead.get().name())) {
                sample.putIfAbsent(ahead.get().name(), ahead.get());
            }
            ahead = nextData();
        }
        return List.copyOf(sample.values());
    }

    private Optional<ShardEntry> nextData() {
        try {
            Optional<ShardEntry> entry = reader.next();
            while (entry.isPresent() && isHidden(entry.get().name())) {
                entry = reader.next();
            }
            return entry;
        } catch (DamagedShardException e) {
            damage = e;
        } catch (IOException e) {
            failure = e;
        }
        return Optional.empty();
    }

    private static List<ShardImage> images(List<ShardEntry> sample) {
        List<ShardEntry> truths =
                sample.stream().filter(entry -> isTruth(entry.name())).toList();
        List<ShardEntry> images =
                sample.stream().filter(entry -> !isTruth(entry.name())).toList();
        if (truths.isEmpty() && images.size() == 2) {
            truths = images.stream()
                    .filter(entry -> extension(entry.name()).equals("png"))
                    .toList();
            List<ShardEntry> others = images.stream()
                    .filter(entry -> !ImageNames.ending(entry.name()).equals("png"))
                    .toList();
            images = truths.size() == 1 && others.size() == 1 ? others : images;
        }
        Optional<ShardEntry> truth = images.size() == 1 ? truths.stream().findFirst() : Optional.empty();
        return images.stream().map(image -> new ShardImage(image, truth)).toList();
    }

    private static boolean isTruth(String name) {
        String[] parts = extension(name).split("\\.");
        return parts.length > 1 && TRUTH_KINDS.contains(parts[parts.length - 2]);
    }

    /** What comes after the first dot of the last part, in lower case; empty if there is none. */
    private static String extension(String name) {
        return name.substring(Math.min(name.length(), key(name).length() + 1)).toLowerCase(Locale.ROOT);
    }

    /** The name up to the first dot of its last part. */
    private static String key(String name) {
        int dot = name.indexOf('.', name.lastIndexOf('/') + 1);
        return dot < 0 ? name : name.substring(0, dot);
    }

    private static boolean isHidden(String name) {
        return Arrays.stream(name.split("/")).anyMatch(part -> part.startsWith(".") && !part.matches("\\.\\.?"));
    }

    @Override
    public void close() {
        reader.close();
    }
}
