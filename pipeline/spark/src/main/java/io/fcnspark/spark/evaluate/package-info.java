/** Compares masks with truth. */
package io.fcnspark.spark.evaluate;
