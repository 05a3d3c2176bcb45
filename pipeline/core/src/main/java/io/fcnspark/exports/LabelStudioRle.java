package io.fcnspark.exports;

import io.fcnspark.labels.Mask;
import java.io.ByteArrayOutputStream;

/**
 * The pixels of one class as a brush stroke of Label Studio: the run lengths of {@code @thi.ng/rle-pack} over the RGBA values of
 * a picture, 255 inside and 0 outside. After the number of values (32 bits), the bits of a value less one (5) and of four sizes
 * of runs less one (4 each), a run is a 1, the index of its size (2), its length less one in so many bits, and the value.
 */
final class LabelStudioRle {
    private static final int CHANNELS = 4;
    private static final int VALUE_BITS = 8;
    private static final int[] RUN_BITS = {3, 4, 8, 16};
    private static final int LONGEST_RUN = 1 << 16;
    private static final int INSIDE = 0xff;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private int pending;
    private int pendingBits;

    private LabelStudioRle() {}

    /**
     * Encodes a class.
     *
     * @return unsigned bytes
     * @throws IllegalArgumentException if the mask has more than half a billion pixels
     */
    static byte[] of(Mask mask, int classId) {
        char[] labels = mask.labels();
        LabelStudioRle rle = new LabelStudioRle();
        rle.header(Math.multiplyExact(CHANNELS, labels.length));
        int start = 0;
        for (int i = 1; i <= labels.length; i++) {
            boolean inside = labels[start] == classId;
            if (i == labels.length || (labels[i] == classId) != inside) {
                rle.run((long) CHANNELS * (i - start), inside ? INSIDE : 0);
                start = i;
            }
        }
        return rle.finish();
    }

    private void header(int values) {
        write(values >>> 16, 16);
        write(values & 0xffff, 16);
        write(VALUE_BITS - 1, 5);
        for (int bits : RUN_BITS) {
            write(bits - 1, 4);
        }
    }

    private void run(long length, int value) {
        long left = length;
        while (left > 0) {
            int now = (int) Math.min(left, LONGEST_RUN);
            int size = 0;
            while (now > 1 << RUN_BITS[size]) {
                size++;
            }
            write(1, 1);
            write(size, 2);
            write(now - 1, RUN_BITS[size]);
            write(value, VALUE_BITS);
            left -= now;
        }
    }

    private void write(int value, int bits) {
        for (int bit = bits - 1; bit >= 0; bit--) {
            pending = pending << 1 | (value >> bit & 1);
            pendingBits++;
            if (pendingBits == Byte.SIZE) {
                bytes.write(pending);
                pending = 0;
                pendingBits = 0;
            }
        }
    }

    private byte[] finish() {
        if (pendingBits > 0) {
            write(0, Byte.SIZE - pendingBits);
        }
        return bytes.toByteArray();
    }
}
