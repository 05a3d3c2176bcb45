/** Tables as they are stored: schemas, rows, where images and truth come from, and where masks go. */
package io.fcnspark.spark.tables;
