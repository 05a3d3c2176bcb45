package io.fcnspark.spark.pack;

import java.util.Map;

/** What was packed. */
public interface PackResult {
    /** Images in all shards. */
    long images();

    /** Truths of those images. */
    long truths();

    /** How many shards there are. */
    long shards();

    /** Bytes of all shards. */
    long bytes();

    /** Files below the inputs that do not end like images, by their ending with its dot. */
    Map<String, Long> leftOutByEnding();

    /** Folder of the shards. */
    String output();
}
