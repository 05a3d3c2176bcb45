package io.fcnspark.labelling;

import io.fcnspark.shards.ShardFormat;
import java.util.Optional;

/**
 * What the URI of an image in a shard says.
 *
 * @param shard URI of the shard
 * @param entry name of the entry: a key, and no path
 */
public record EntryName(String shard, String entry) {
    /** Between the two in a URI. */
    public static final String SEPARATOR = "!/";

    /** Empty for an image that is a file. */
    public static Optional<EntryName> of(String image) {
        int end = image.indexOf(SEPARATOR);
        return end < 0 || ShardFormat.of(image.substring(0, end)).isEmpty()
                ? Optional.empty()
                : Optional.of(new EntryName(image.substring(0, end), image.substring(end + SEPARATOR.length())));
    }

    /** The URI of the image. */
    public String uri() {
        return shard + SEPARATOR + entry;
    }
}
