package io.fcnspark.training;

import java.util.concurrent.atomic.AtomicLong;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Native memory that nothing refers to any more. DL4J's parameter averaging copies parameters and the optimiser's state several
 * times in each round, into arrays that it gives nobody to close; they are freed when the garbage collector finds their small Java
 * objects unused, whose size tells it nothing about them. So it is asked to look, as often as much has gathered, and not more often.
 */
final class NativeGarbage {
    /** Bytes that may lie unused in a process. */
    static final long LIMIT = 1 << 30;

    private static final AtomicLong GATHERED = new AtomicLong();

    private NativeGarbage() {}

    /** Counts what became unused since the last call, and has it freed if there is too much of it. */
    static void add(long bytes) {
        if (GATHERED.addAndGet(bytes) > LIMIT) {
            GATHERED.set(0);
            Nd4j.getMemoryManager().invokeGc();
        }
    }
}
