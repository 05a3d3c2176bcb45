package io.fcnspark.shards;

import java.util.Locale;
import java.util.Optional;

/** How a shard is stored; its name tells. */
public enum ShardFormat {
    /** Any entry can be read without those before it. */
    TAR,
    /** What comes before an entry has to be decompressed, too. */
    TAR_GZIP;

    /** The format that a file's name promises; empty for a file that is no shard. */
    public static Optional<ShardFormat> of(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.endsWith(".tar")) {
            return Optional.of(TAR);
        }
        return lower.endsWith(".tar.gz") || lower.endsWith(".tgz") ? Optional.of(TAR_GZIP) : Optional.empty();
    }
}
