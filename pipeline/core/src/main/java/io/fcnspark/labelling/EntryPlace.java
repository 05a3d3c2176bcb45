package io.fcnspark.labelling;

import io.fcnspark.shards.ShardFormat;
import java.io.Serializable;
import java.util.Optional;

/**
 * Where an image and its truth lie in a shard.
 *
 * @param shard URI of the shard
 * @param offset of the image's first byte in the tar as it is without compression
 * @param truthOffset of the truth's first byte; null if the shard holds none
 * @param truthBytes length of the truth; null if the shard holds none
 */
public record EntryPlace(String shard, long offset, Long truthOffset, Long truthBytes) implements Serializable {
    /** Where reading has to begin at the latest: at the entry, or at the beginning of the shard if it is compressed. */
    public long start() {
        boolean compressed = ShardFormat.of(shard).equals(Optional.of(ShardFormat.TAR_GZIP));
        return compressed ? 0 : offset;
    }
}
