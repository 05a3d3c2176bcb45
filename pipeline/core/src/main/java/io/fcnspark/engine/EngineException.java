package io.fcnspark.engine;

import io.fcnspark.errors.FcnException;

/**
 * An engine, device or precision that cannot be used here, or an engine that failed: a matter of the machine and of what is
 * installed on it. The message says what was looked for and what to do.
 */
public final class EngineException extends FcnException {
    public EngineException(String message) {
        super(Fault.ENGINE, message, null);
    }

    public EngineException(String message, Throwable cause) {
        super(Fault.ENGINE, message, cause);
    }
}
