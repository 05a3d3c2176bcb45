package io.fcnspark.errors;

/** A storage that did not answer, or not as it should. What was committed stays; the same call may succeed later. */
public final class StorageException extends FcnException {
    private static final long serialVersionUID = 1;

    public StorageException(String message, Throwable cause) {
        super(Fault.STORAGE, message, cause);
    }
}
