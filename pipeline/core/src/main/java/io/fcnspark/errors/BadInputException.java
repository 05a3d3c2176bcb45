package io.fcnspark.errors;

/**
 * Input, output or environment that cannot be used: the user's to mend. The message says what is wrong, where, and what to do.
 */
public final class BadInputException extends FcnException {
    public BadInputException(String message) {
        super(Fault.INPUT, message, null);
    }

    public BadInputException(String message, Throwable cause) {
        super(Fault.INPUT, message, cause);
    }
}
