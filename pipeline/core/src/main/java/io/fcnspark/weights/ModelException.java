package io.fcnspark.weights;

import io.fcnspark.errors.FcnException;
import io.fcnspark.errors.Setting;

/** A model or a file of weights that cannot be used. The message says what is wrong, where, and what to do. */
public final class ModelException extends FcnException {
    private static final long serialVersionUID = 1;

    public ModelException(String message) {
        super(Fault.MODEL, message, null);
    }

    public ModelException(String message, Throwable cause) {
        super(Fault.MODEL, message, cause);
    }

    /** @param setting that puts it right when it is changed */
    public ModelException(Setting setting, String message) {
        super(Fault.MODEL, setting, message, null);
    }

    /** @param setting that puts it right when it is changed */
    public ModelException(Setting setting, String message, Throwable cause) {
        super(Fault.MODEL, setting, message, cause);
    }
}
