/** What users do with images and masks on Spark: builders with documented defaults, and records of what was done. */
package io.fcnspark.spark.actions;
