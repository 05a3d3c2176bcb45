package io.fcnspark.labelling;

import io.fcnspark.image.ImageException;
import io.fcnspark.image.ImageException.Code;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs steps on hostile bytes, each in a thread of its own, and waits for none longer than allowed. A step that has taken too
 * long is interrupted; should it not even look at that, it goes on in its thread, and nobody waits for it.
 */
final class TimeLimit implements AutoCloseable {
    private final ExecutorService threads = Executors.newCachedThreadPool(runnable -> {
        Thread thread = new Thread(runnable, "fcn-decode");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * Runs a step.
     *
     * @param step throws nothing checked but {@link ImageException}
     * @throws ImageException that of the step, or {@link Code#TIMEOUT}
     */
    <T> T within(Duration limit, Callable<T> step) throws ImageException {
        Future<T> result = threads.submit(step);
        try {
            return result.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            result.cancel(true);
            throw new ImageException(
                    Code.TIMEOUT, "decoding has not come to an end within %d s".formatted(limit.toSeconds()), e);
        } catch (InterruptedException e) {
            result.cancel(true);
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while an image was decoded", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ImageException cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Interrupts what still runs. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
