package io.fcnspark.engine;

import java.nio.FloatBuffer;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * Direct buffers that are used again. Direct memory is given back only when the garbage collector happens to run, so a buffer
 * for every batch would pile up. The pool holds as many buffers as were ever in use at once; each grows to the largest size
 * that it was needed for.
 */
final class BufferPool {
    private final ConcurrentLinkedDeque<FloatBuffer> free = new ConcurrentLinkedDeque<>();

    /** Feature maps with arbitrary values. */
    PooledMaps acquire(int count, int channels, int height, int width) {
        long size = Math.multiplyExact((long) count * channels, (long) height * width);
        if (size * Float.BYTES > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "%d x %d maps of %dx%d values take %d MB, above the limit of 2 GiB: use smaller batches or images"
                            .formatted(count, channels, width, height, size * Float.BYTES / 1_000_000));
        }
        FloatBuffer whole = free.pollFirst();
        if (whole == null || whole.capacity() < size) {
            whole = FeatureMaps.allocate(1, 1, 1, (int) size).values();
        }
        return new PooledMaps(new FeatureMaps(count, channels, height, width, whole.slice(0, (int) size)), whole);
    }

    /** Feature maps on loan, to be closed when their values are no longer needed. */
    final class PooledMaps implements AutoCloseable {
        private final FeatureMaps maps;
        private final FloatBuffer whole;

        private PooledMaps(FeatureMaps maps, FloatBuffer whole) {
            this.maps = maps;
            this.whole = whole;
        }

        FeatureMaps maps() {
            return maps;
        }

        @Override
        public void close() {
            free.addFirst(whole);
        }
    }
}
