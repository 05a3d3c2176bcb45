package io.fcnspark.weights;

import io.fcnspark.errors.FcnException;

/** A model or a file of weights that cannot be used: the user's to mend. The message says what, where and what to do. */
public final class ModelException extends FcnException {
    public ModelException(String message) {
        super(Fault.MODEL, message, null);
    }

    public ModelException(String message, Throwable cause) {
        super(Fault.MODEL, message, cause);
    }
}
