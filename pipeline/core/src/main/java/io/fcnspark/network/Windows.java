package io.fcnspark.network;

import java.util.function.IntUnaryOperator;

/**
 * What each value of a row of a layer sees of the image's row, away from borders: value {@code i} sees pixels {@code
 * first(i)} to {@code last(i)}, both counted from an origin that all layers share. Neighbouring windows need not be equally
 * far apart once something is upsampled; the pattern repeats every {@code period} values, {@code shift} pixels further on.
 */
record Windows(int[] first, int[] last, int shift) {
    /** The image itself. */
    static final Windows IMAGE = new Windows(new int[] {0}, new int[] {0}, 1);

    /** Windows of {@code kernel} values, {@code stride} apart, after {@code padding} values at the edge. */
    Windows gathered(int kernel, int stride, int padding) {
        return of(
                period(),
                shift * stride,
                i -> first(i * stride - padding),
                i -> last(i * stride - padding + kernel - 1));
    }

    /** The transpose of {@link #gathered}: value {@code i} mixes those that it would have been gathered into. */
    Windows scattered(int kernel, int stride, int padding) {
        return of(
                period() * stride,
                shift,
                i -> first(-Math.floorDiv(kernel - 1 - i - padding, stride)),
                i -> last(Math.floorDiv(i + padding, stride)));
    }

    /** Without the {@code offset} first values. */
    Windows cropped(int offset) {
        return of(period(), shift, i -> first(i + offset), i -> last(i + offset));
    }

    /** Both windows in one, for values that are added. Both rows have the same mean distance of windows. */
    Windows joined(Windows other) {
        return of(
                period() * other.period(),
                shift * other.period(),
                i -> Math.min(first(i), other.first(i)),
                i -> Math.max(last(i), other.last(i)));
    }

    /** Pixels in the largest window. */
    int size() {
        int size = 0;
        for (int i = 0; i < period(); i++) {
            size = Math.max(size, last[i] - first[i] + 1);
        }
        return size;
    }

    /** Mean distance of neighbouring windows in pixels. */
    int stride() {
        return shift / period();
    }

    private int period() {
        return first.length;
    }

    private int first(int i) {
        return first[Math.floorMod(i, period())] + Math.floorDiv(i, period()) * shift;
    }

    private int last(int i) {
        return last[Math.floorMod(i, period())] + Math.floorDiv(i, period()) * shift;
    }

    private static Windows of(int period, int shift, IntUnaryOperator first, IntUnaryOperator last) {
        int[] firsts = new int[period];
        int[] lasts = new int[period];
        for (int i = 0; i < period; i++) {
            firsts[i] = first.applyAsInt(i);
            lasts[i] = last.applyAsInt(i);
        }
        return new Windows(firsts, lasts, shift);
    }
}
