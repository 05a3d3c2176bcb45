package io.fcnspark.spark.pack;

import java.util.Map;

/**
 * What was packed.
 *
 * @param images in all shards
 * @param truths of those images
 * @param shards how many there are
 * @param bytes of all shards
 * @param leftOutByEnding files below the inputs that do not end like images, by their ending with its dot
 * @param output folder of the shards
 */
public record PackReport(
        long images, long truths, long shards, long bytes, Map<String, Long> leftOutByEnding, String output) {}
