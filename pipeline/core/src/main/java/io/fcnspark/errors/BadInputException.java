package io.fcnspark.errors;

/** Images, truth, masks, lists or labels that cannot be used. The message says what is wrong, where, and what to do. */
public final class BadInputException extends FcnException {
    private static final long serialVersionUID = 1;

    public BadInputException(String message) {
        super(Fault.INPUT, message, null);
    }

    public BadInputException(String message, Throwable cause) {
        super(Fault.INPUT, message, cause);
    }

    /** @param setting that puts it right when it is changed */
    public BadInputException(Setting setting, String message) {
        super(Fault.INPUT, setting, message, null);
    }

    /** @param setting that puts it right when it is changed */
    public BadInputException(Setting setting, String message, Throwable cause) {
        super(Fault.INPUT, setting, message, cause);
    }
}
