package io.fcnspark.image.webp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Reads booleans that were written with known probabilities (RFC 6386, section 7). */
final class BoolReader {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final int EVEN = 128;

    private final byte[] bytes;
    private final int end;
    private int at;
    /** Bits that are loaded and not used up: the 8 that count, and {@code extra} more. */
    private long value;

    private int extra = -8;
    /** The range, from 128 to 255, less one. */
    private int range = 254;

    private boolean exhausted;

    /** Reads what lies from {@code start} up to {@code end}. */
    BoolReader(byte[] bytes, int start, int end) {
        this.bytes = bytes;
        this.at = start;
        this.end = end;
    }

    /** Whether more was read than there is; what is beyond the end is zeros. */
    boolean exhausted() {
        return exhausted;
    }

    /**
     * The next boolean.
     *
     * @param probability that it is 0, in 256ths
     */
    int bit(int probability) {
        if (extra < 0) {
            load();
        }
        int split = (range * probability) >> 8;
        int rest;
        int bit;
        if ((int) (value >>> extra) > split) {
            value -= (split + 1L) << extra;
            rest = range - split;
            bit = 1;
        } else {
            rest = split + 1;
            bit = 0;
        }
        int shift = Integer.numberOfLeadingZeros(rest) - 24;
        range = (rest << shift) - 1;
        extra -= shift;
        return bit;
    }

    boolean flag() {
        return bit(EVEN) == 1;
    }

    /** An unsigned number, its highest bit first. */
    int number(int bits) {
        int number = 0;
        for (int i = 0; i < bits; i++) {
            number = 2 * number + bit(EVEN);
        }
        return number;
    }

    /** A number and, after it, its sign. */
    int signed(int bits) {
        int number = number(bits);
        return flag() ? -number : number;
    }

    /** {@link #signed} where a flag says that there is one, else 0. */
    int optionalSigned(int bits) {
        return flag() ? signed(bits) : 0;
    }

    private void load() {
        if (end - at >= Long.BYTES) {
            value = (value << 56) | ((long) LONGS.get(bytes, at) >>> 8);
            at += 7;
            extra += 56;
            return;
        }
        value <<= 8;
        extra += 8;
        if (at < end) {
            value |= bytes[at++] & 0xff;
        } else {
            exhausted = true;
        }
    }
}
