package io.fcnspark.labelling;

import io.fcnspark.image.ImageException;
import io.fcnspark.image.ImageException.Code;
import java.util.concurrent.Semaphore;

/**
 * The part of a JVM's heap that large images may take, all tasks together. An image that does not fit at the moment waits; one
 * that never will is refused before memory is taken for it.
 */
public final class HeapShare {
    /** The one of an executor. The rest of its heap is for images that are read ahead, and for Spark. */
    public static final HeapShare INSTANCE = new HeapShare(Runtime.getRuntime().maxMemory() / 4 * 3);

    private static final int UNIT = 1 << 20;

    private final int units;
    private final Semaphore free;

    HeapShare(long bytes) {
        this.units = (int) (bytes / UNIT);
        this.free = new Semaphore(units, true);
    }

    /**
     * Waits until so many bytes are free. Whoever holds a lease must not ask for another.
     *
     * @throws ImageException {@link Code#TOO_LARGE} if there will never be so many
     */
    Reservation acquire(long bytes) throws ImageException {
        int wanted = unitsOf(bytes);
        try {
            free.acquire(wanted);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for memory for a large image", e);
        }
        return new Reservation(wanted);
    }

    private int unitsOf(long bytes) throws ImageException {
        long wanted = (bytes + UNIT - 1) / UNIT;
        if (wanted > units) {
            throw new ImageException(
                    Code.TOO_LARGE,
                    "labelling it takes %d MiB of heap, and large images may take %d MiB here, three quarters of the heap"
                            .formatted(wanted, units));
        }
        return (int) wanted;
    }

    /** Memory that may be used. */
    final class Reservation implements AutoCloseable {
        private int held;

        private Reservation(int held) {
            this.held = held;
        }

        /**
         * Makes it that many bytes in all, if they are free now.
         *
         * @throws ImageException {@link Code#TOO_LARGE} if they will never be
         */
        boolean extendTo(long bytes) throws ImageException {
            int more = unitsOf(bytes) - held;
            if (more > 0 && !free.tryAcquire(more)) {
                return false;
            }
            held += Math.max(0, more);
            return true;
        }

        @Override
        public void close() {
            free.release(held);
            held = 0;
        }
    }
}
