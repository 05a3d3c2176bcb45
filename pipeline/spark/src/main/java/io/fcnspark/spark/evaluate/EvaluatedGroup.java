package io.fcnspark.spark.evaluate;

import io.fcnspark.metrics.Evaluation;

/**
 * How good the masks of one group are.
 *
 * @param value of the expression that the masks are grouped by; null for SQL's NULL
 * @param evaluation of the masks with that value
 */
public record EvaluatedGroup(String value, Evaluation evaluation) {}
