package io.fcnspark.spark.tables;

/**
 * Input, output or environment that cannot be used: the user's to mend. The message says what is wrong, where, and what to do.
 */
public final class BadInputException extends RuntimeException {
    public BadInputException(String message) {
        super(message);
    }

    public BadInputException(String message, Throwable cause) {
        super(message, cause);
    }
}
