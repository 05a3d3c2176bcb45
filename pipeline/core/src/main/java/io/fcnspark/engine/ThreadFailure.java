package io.fcnspark.engine;

import java.util.concurrent.ExecutionException;

/** What failed in a thread, for the thread that waits for its result. */
public final class ThreadFailure {
    private ThreadFailure() {}

    /**
     * What to throw: what the other thread threw, or if that is checked, an exception about it.
     *
     * @throws Error if that is what the other thread threw
     */
    public static RuntimeException of(ExecutionException e) {
        if (e.getCause() instanceof Error error) {
            throw error;
        }
        return e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
    }
}
