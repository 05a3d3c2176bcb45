package io.fcnspark.shards;

import java.util.Optional;

/**
 * An image in a shard.
 *
 * @param truth the entry of the same sample with its truth
 */
public record ShardImage(ShardEntry image, Optional<ShardEntry> truth) {}
