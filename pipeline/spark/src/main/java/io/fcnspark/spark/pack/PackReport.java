package io.fcnspark.spark.pack;

/**
 * What was packed.
 *
 * @param images in all shards
 * @param truths of those images
 * @param shards how many there are
 * @param bytes of all shards
 * @param output folder of the shards
 */
public record PackReport(long images, long truths, long shards, long bytes, String output) {}
