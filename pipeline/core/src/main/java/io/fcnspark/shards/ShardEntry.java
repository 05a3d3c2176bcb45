package io.fcnspark.shards;

import java.util.Objects;

/**
 * A file in a shard.
 *
 * @param name as stored, without {@code ./} at its beginning. It is a key and no path: nothing is ever unpacked
 * @param offset of its first byte, in the tar as it is without compression; {@link #SCATTERED} if it is stored in parts
 * @param bytes its length, as claimed
 */
public record ShardEntry(String name, long offset, long bytes) {
    /** The offset of a sparse file, of which GNU tar leaves out the zeros. */
    public static final long SCATTERED = -1;

    public ShardEntry {
        Objects.requireNonNull(name);
        if (offset < SCATTERED || bytes < 0) {
            throw new IllegalArgumentException("entry %s at %d of %d bytes".formatted(name, offset, bytes));
        }
    }
}
