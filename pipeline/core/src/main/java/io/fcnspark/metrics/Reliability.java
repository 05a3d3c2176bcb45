package io.fcnspark.metrics;

import io.fcnspark.labels.Mask;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;

/**
 * How often a network is right where it says how sure it is: Guo, Pleiss, Sun, Weinberger, "On Calibration of Modern Neural
 * Networks", ICML 2017, section 2, with {@value #BINS} bins of equal width. A commutative monoid over pixels.
 *
 * @param bins {@value #BINS} of them; bin i holds confidences over i/{@value #BINS} up to (i+1)/{@value #BINS}, the first one 0,
 *     too
 */
public record Reliability(List<Bin> bins) implements Serializable {
    /** As in the paper; 255 steps of confidence fall into 15 bins without a rest. */
    public static final int BINS = 15;

    private static final int STEPS = 255 / BINS;

    public Reliability {
        bins = List.copyOf(bins);
        if (bins.size() != BINS) {
            throw new IllegalArgumentException("%d bins: expected %d".formatted(bins.size(), BINS));
        }
    }

    /**
     * Pixels of similar confidence.
     *
     * @param pixels that count
     * @param correct of those, with the right class
     * @param confidenceSum over those pixels, in units of 1/255
     */
    public record Bin(long pixels, long correct, long confidenceSum) implements Serializable {
        private static final Bin EMPTY = new Bin(0, 0, 0);

        public Bin {
            if (correct < 0 || correct > pixels || confidenceSum < 0 || confidenceSum > 255 * pixels) {
                throw new IllegalArgumentException(
                        "%d of %d pixels correct, sum of confidence %d".formatted(correct, pixels, confidenceSum));
            }
        }

        /** Share of the pixels with the right class; empty without pixels. */
        public OptionalDouble accuracy() {
            return pixels == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) correct / pixels);
        }

        /** Mean confidence, 0 … 1; empty without pixels. */
        public OptionalDouble confidence() {
            return pixels == 0 ? OptionalDouble.empty() : OptionalDouble.of(confidenceSum / 255.0 / pixels);
        }

        private Bin plus(Bin other) {
            return new Bin(pixels + other.pixels, correct + other.correct, confidenceSum + other.confidenceSum);
        }
    }

    /** No pixel at all. */
    public static Reliability zero() {
        return new Reliability(Collections.nCopies(BINS, Bin.EMPTY));
    }

    /**
     * Of one image.
     *
     * @param truth class ids, or {@link Mask#IGNORE} for pixels that do not count
     * @param predicted of the same size
     * @param confidence 0 … 255 for 0 … 1, row by row, of the same size
     */
    public static Reliability of(Mask truth, Mask predicted, char[] confidence) {
        char[] t = truth.labels();
        char[] p = predicted.labels();
        if (t.length != p.length || t.length != confidence.length) {
            throw new IllegalArgumentException("%d pixels of truth, %d of the mask, %d of confidence: expected the same"
                    .formatted(t.length, p.length, confidence.length));
        }
        long[] pixels = new long[256];
        long[] correct = new long[256];
        for (int i = 0; i < t.length; i++) {
            if (confidence[i] > 255) {
                throw new IllegalArgumentException(
                        "confidence of %d: expected 0 to 255".formatted((int) confidence[i]));
            }
            if (t[i] != Mask.IGNORE) {
                pixels[confidence[i]]++;
                if (t[i] == p[i]) {
                    correct[confidence[i]]++;
                }
            }
        }
        List<Bin> bins = new ArrayList<>();
        for (int bin = 0; bin < BINS; bin++) {
            Bin sum = Bin.EMPTY;
            for (int step = bin == 0 ? 0 : bin * STEPS + 1; step <= (bin + 1) * STEPS; step++) {
                sum = sum.plus(new Bin(pixels[step], correct[step], step * pixels[step]));
            }
            bins.add(sum);
        }
        return new Reliability(bins);
    }

    /** Of both sets of pixels together. */
    public Reliability plus(Reliability other) {
        List<Bin> sums = new ArrayList<>();
        for (int i = 0; i < BINS; i++) {
            sums.add(bins.get(i).plus(other.bins.get(i)));
        }
        return new Reliability(sums);
    }

    /** Pixels that count. */
    public long pixels() {
        return bins.stream().mapToLong(Bin::pixels).sum();
    }

    /** Expected calibration error: mean over pixels of |accuracy − confidence| of their bin; empty without pixels. */
    public OptionalDouble expectedCalibrationError() {
        long all = pixels();
        if (all == 0) {
            return OptionalDouble.empty();
        }
        double sum = 0;
        for (Bin bin : bins) {
            sum += Math.abs(bin.correct - bin.confidenceSum / 255.0);
        }
        return OptionalDouble.of(sum / all);
    }
}
