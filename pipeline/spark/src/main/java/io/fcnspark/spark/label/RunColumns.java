package io.fcnspark.spark.label;

import java.io.Serializable;
import java.time.LocalDate;

/**
 * What all rows of a run have in common.
 *
 * @param model identity of the model
 * @param engine engine that computes
 * @param precision number format of the computation
 * @param runId the run
 * @param runDate its day, UTC
 */
record RunColumns(String model, String engine, String precision, String runId, LocalDate runDate)
        implements Serializable {}
