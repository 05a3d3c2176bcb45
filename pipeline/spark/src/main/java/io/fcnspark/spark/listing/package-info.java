/** Finds images and truth in folders, lists and shards, on the executors. */
package io.fcnspark.spark.listing;
