/** Confusion matrices, which add up over images in any order, and the metrics that follow from them. */
package io.fcnspark.metrics;
