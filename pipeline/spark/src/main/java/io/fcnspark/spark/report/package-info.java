/** Collects what a report shows. */
package io.fcnspark.spark.report;
