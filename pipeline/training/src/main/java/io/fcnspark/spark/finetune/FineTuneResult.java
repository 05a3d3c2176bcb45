package io.fcnspark.spark.finetune;

import io.fcnspark.training.EpochResult;
import io.fcnspark.training.TrainingHistory;

/** What a training came to. */
public interface FineTuneResult {
    /** Why no further epoch was trained. */
    enum End {
        /** All epochs are done that were asked for. */
        ALL_EPOCHS,
        /** For as many epochs as there was patience for, the mean IU was not higher. */
        PATIENCE
    }

    /** Identity of the model in the output. */
    String model();

    /** Folder of its bundle. */
    String output();

    /** The epoch that it is of. */
    EpochResult best();

    /** All epochs. */
    TrainingHistory history();

    /** Why no further epoch was trained. */
    End end();
}
