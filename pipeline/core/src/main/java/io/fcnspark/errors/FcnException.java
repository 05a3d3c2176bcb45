package io.fcnspark.errors;

import java.util.Objects;

/**
 * The parent of all errors that somebody outside this library can put right. The message says what is wrong, where, and what to
 * do. Any other exception is an error of the library itself.
 */
public abstract class FcnException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What has to be put right. */
    public enum Fault {
        /** Images, truth, lists, labels or arguments. */
        INPUT,
        /** The model bundle or a file of weights. */
        MODEL,
        /** The engine, its device or its precision: the machine and what is installed on it. */
        ENGINE,
        /** The folder or table that results go to. */
        OUTPUT,
        /** The storage, which did not answer; the same call may succeed later. */
        STORAGE
    }

    private final Fault fault;

    protected FcnException(Fault fault, String message, Throwable cause) {
        super(message, cause);
        this.fault = Objects.requireNonNull(fault);
    }

    /** What has to be put right. */
    public final Fault fault() {
        return fault;
    }
}
