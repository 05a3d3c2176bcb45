/** Writes labels in the formats of annotation tools. */
package io.fcnspark.spark.export;
