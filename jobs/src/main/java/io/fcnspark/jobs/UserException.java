package io.fcnspark.jobs;

/** Something that the user can mend. The message says what, where, and what to do. */
final class UserException extends RuntimeException {
    UserException(String message) {
        super(message);
    }

    UserException(String message, Throwable cause) {
        super(message, cause);
    }
}
