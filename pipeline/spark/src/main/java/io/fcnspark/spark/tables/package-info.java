/** Tables as they are stored: schemas, rows, and where they are written. */
package io.fcnspark.spark.tables;
