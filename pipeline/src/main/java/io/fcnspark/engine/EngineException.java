package io.fcnspark.engine;

/**
 * An engine, device or precision that cannot be used here, or an engine that failed: a matter of the machine and of what is
 * installed on it. The message says what was looked for and what to do.
 */
public final class EngineException extends RuntimeException {
    public EngineException(String message) {
        super(message);
    }

    public EngineException(String message, Throwable cause) {
        super(message, cause);
    }
}
