package io.fcnspark.spark.listing;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What was listed.
 *
 * @param images rows of images
 * @param leftOut files that are none, to go by their names
 */
public record Listing(Dataset<Row> images, LeftOut leftOut) {}
