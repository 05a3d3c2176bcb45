package io.fcnspark.spark.finetune;

import io.fcnspark.errors.FcnException;
import java.util.Objects;

/** Checkpoints that are there and do not go with the training that is asked for. The message says why, and what to do. */
public final class CheckpointsException extends FcnException {
    private static final long serialVersionUID = 1;

    /** What puts it right. */
    public enum Remedy {
        /** To resume the training, or to train elsewhere. */
        RESUME,
        /** To resume with the settings that it began with, or to train elsewhere. */
        SAME_SETTINGS,
        /** To ask for at least as many epochs as are done. */
        MORE_EPOCHS,
        /** To begin another training, elsewhere, from the model of this one. */
        BEGIN_FROM_MODEL
    }

    private final Remedy remedy;

    CheckpointsException(Remedy remedy, String message) {
        super(Fault.INPUT, message, null);
        this.remedy = Objects.requireNonNull(remedy);
    }

    /** What puts it right. */
    public Remedy remedy() {
        return remedy;
    }
}
