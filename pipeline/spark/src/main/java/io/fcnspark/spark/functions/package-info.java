/** The SQL functions over masks, and the session extension that registers them. */
package io.fcnspark.spark.functions;
