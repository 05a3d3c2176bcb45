package io.fcnspark.weights;

/** A model or a file of weights that cannot be used: the user's to mend. The message says what, where and what to do. */
public final class ModelException extends RuntimeException {
    public ModelException(String message) {
        super(message);
    }

    public ModelException(String message, Throwable cause) {
        super(message, cause);
    }
}
