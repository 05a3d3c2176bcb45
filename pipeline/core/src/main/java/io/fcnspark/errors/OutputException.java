package io.fcnspark.errors;

/** An output that cannot be written, or that another run is writing. The message says which, why, and what to do. */
public final class OutputException extends FcnException {
    private static final long serialVersionUID = 1;

    public OutputException(String message) {
        super(Fault.OUTPUT, message, null);
    }

    public OutputException(String message, Throwable cause) {
        super(Fault.OUTPUT, message, cause);
    }

    /** @param setting that puts it right when it is changed */
    public OutputException(Setting setting, String message) {
        super(Fault.OUTPUT, setting, message, null);
    }

    /** @param setting that puts it right when it is changed */
    public OutputException(Setting setting, String message, Throwable cause) {
        super(Fault.OUTPUT, setting, message, cause);
    }
}
