package io.fcnspark.spark.pack;

/** What was packed. */
record PackReport(long images, long truths, long shards, long bytes, String output) implements PackResult {}
