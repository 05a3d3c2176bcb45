package io.fcnspark.spark.finetune;

import io.fcnspark.training.EpochResult;
import io.fcnspark.training.TrainingHistory;

/** See {@link FineTuneResult}. */
record FineTuneReport(String model, String output, EpochResult best, TrainingHistory history, End end)
        implements FineTuneResult {}
