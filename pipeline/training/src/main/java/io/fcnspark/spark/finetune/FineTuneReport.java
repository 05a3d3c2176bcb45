package io.fcnspark.spark.finetune;

import io.fcnspark.training.EpochResult;
import io.fcnspark.training.TrainingHistory;

/**
 * What a training came to.
 *
 * @param model identity of the model in the output
 * @param output folder of its bundle
 * @param best the epoch that it is of
 * @param history of all epochs
 */
public record FineTuneReport(String model, String output, EpochResult best, TrainingHistory history) {}
