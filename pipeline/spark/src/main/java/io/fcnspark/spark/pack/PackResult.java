package io.fcnspark.spark.pack;

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

    /** Folder of the shards. */
    String output();
}
