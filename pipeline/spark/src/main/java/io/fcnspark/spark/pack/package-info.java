/** Packs images into tar shards. */
package io.fcnspark.spark.pack;
