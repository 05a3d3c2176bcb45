package io.fcnspark.engine.onednn;

import io.fcnspark.engine.EngineException;
import org.bytedeco.javacpp.Pointer;

/**
 * Native memory, uninitialised, that lives until it is closed. It is not among the pointers that JavaCPP counts: JavaCPP frees
 * those when the garbage collector finds them, and refuses new ones when the process is larger than four times the heap may
 * be, which a network in native memory beside a small heap rightly is.
 */
final class NativeBlock implements AutoCloseable {
    /** A cache line, and the longest vector register. */
    static final long ALIGNMENT = 64;

    private final long bytes;
    private final Pointer allocated;

    NativeBlock(long bytes) {
        this.bytes = bytes;
        this.allocated = Pointer.malloc(Math.addExact(bytes, ALIGNMENT));
        if (Pointer.isNull(allocated)) {
            throw new EngineException("no native memory for %d MB: use smaller batches or images, or more memory"
                    .formatted(bytes / 1_000_000));
        }
    }

    long bytes() {
        return bytes;
    }

    /** The place that is {@code offset} bytes from the beginning, which is aligned. */
    Address at(long offset) {
        return new Address((allocated.address() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT + offset);
    }

    @Override
    public void close() {
        Pointer.free(allocated);
    }
}
