package io.fcnspark.spark.pack;

import java.util.Map;

/** What was packed. */
record PackReport(long images, long truths, long shards, long bytes, Map<String, Long> leftOutByEnding, String output)
        implements PackResult {}
