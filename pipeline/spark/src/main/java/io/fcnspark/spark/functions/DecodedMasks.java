package io.fcnspark.spark.functions;

import io.fcnspark.image.ImageException;
import io.fcnspark.labels.Mask;
import io.fcnspark.labels.MaskPng;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;

/**
 * The masks that a task has decoded last. All functions that a query applies to a row decode its mask once: Spark hands the same
 * bytes to each, if not always in the same array.
 */
final class DecodedMasks {
    /** How many masks have been decoded in this process, for tests. */
    static final LongAdder DECODED = new LongAdder();

    private static final ThreadLocal<DecodedMasks> OF_THREAD = new ThreadLocal<>();

    private final long task;
    private byte[] png;
    private Mask mask;
    private byte[] earlierPng;
    private Mask earlierMask;

    private DecodedMasks(long task) {
        this.task = task;
    }

    /** The mask that a PNG holds. Not to be written to: others get the same. */
    static Mask decode(byte[] bytes) throws ImageException {
        TaskContext context = TaskContext.get();
        if (context == null) {
            // A constant, which is computed before there are tasks.
            return decodeNow(bytes);
        }
        DecodedMasks masks = OF_THREAD.get();
        if (masks == null || masks.task != context.taskAttemptId()) {
            masks = new DecodedMasks(context.taskAttemptId());
            OF_THREAD.set(masks);
            context.addTaskCompletionListener((TaskCompletionListener) done -> OF_THREAD.remove());
        }
        return masks.find(bytes);
    }

    /** Two are kept, the one used last first, since truth and prediction come in turn. */
    private Mask find(byte[] bytes) throws ImageException {
        if (png != null && Arrays.equals(bytes, png)) {
            return mask;
        }
        boolean known = earlierPng != null && Arrays.equals(bytes, earlierPng);
        Mask found = known ? earlierMask : decodeNow(bytes);
        earlierPng = png;
        earlierMask = mask;
        png = bytes;
        mask = found;
        return found;
    }

    private static Mask decodeNow(byte[] bytes) throws ImageException {
        DECODED.increment();
        return MaskPng.decode(bytes);
    }
}
