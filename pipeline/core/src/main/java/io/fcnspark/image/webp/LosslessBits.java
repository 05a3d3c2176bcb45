package io.fcnspark.image.webp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Bits of a lossless picture, the lowest of each byte first. What is beyond the end is zeros. */
final class LosslessBits {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] bytes;
    private final int end;
    private int at;
    private long value;
    /** How many bits of {@code value} are loaded; negative after reading beyond the end. */
    private int available;

    /** Reads what lies from {@code start} up to {@code end}. */
    LosslessBits(byte[] bytes, int start, int end) {
        this.bytes = bytes;
        this.at = start;
        this.end = end;
    }

    /** Whether more was read than there is. */
    boolean exhausted() {
        return available < 0;
    }

    /** Makes 32 bits ready for {@link #peek} and {@link #skip}. */
    void fill() {
        if (available >= Integer.SIZE) {
            return;
        }
        if (end - at >= Long.BYTES) {
            value |= (long) LONGS.get(bytes, at) << available;
            int loaded = (Long.SIZE - 1 - available) >>> 3;
            at += loaded;
            available += 8 * loaded;
            return;
        }
        while (at < end && available <= Long.SIZE - 8) {
            value |= (bytes[at++] & 0xffL) << available;
            available += 8;
        }
    }

    /** The next bits, as a number; more of them than are ready are not defined. */
    int peek() {
        return (int) value;
    }

    void skip(int bits) {
        value >>>= bits;
        available -= bits;
    }

    /** A number of up to 24 bits. */
    int number(int bits) {
        fill();
        int number = (int) value & ((1 << bits) - 1);
        skip(bits);
        return number;
    }

    boolean flag() {
        return number(1) == 1;
    }
}
