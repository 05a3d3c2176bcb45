package io.fcnspark.quantise;

import java.util.Arrays;

/** How often values of a layer are how great. Of negative ones the magnitude counts. The range grows with the values. */
final class ActivationHistogram {
    private static final int BINS = 4096;
    private static final double UNCLIPPED = 0.9999;

    /** Candidates for the best range, of all bins. */
    private static final int CANDIDATES = 128;

    private final long[] counts = new long[BINS];
    private float range = 0x1p-20f;
    private long values;
    private float greatest;

    void add(float[] maps, int count) {
        for (int i = 0; i < count; i++) {
            float magnitude = Math.abs(maps[i]);
            greatest = Math.max(greatest, magnitude);
            while (magnitude >= range) {
                widen();
            }
            counts[(int) (magnitude / range * BINS)]++;
        }
        values += count;
    }

    private void widen() {
        for (int i = 0; i < BINS / 2; i++) {
            counts[i] = counts[2 * i] + counts[2 * i + 1];
        }
        Arrays.fill(counts, BINS / 2, BINS, 0);
        range *= 2;
    }

    /**
     * The greatest value that integers should hold; positive.
     *
     * @param steps integers between that value and zero
     */
    float threshold(Clipping clipping, int steps) {
        if (greatest == 0) {
            // A layer that is never active: any scale will do.
            return 1;
        }
        return switch (clipping) {
            case MAXIMUM -> greatest;
            case PERCENTILE -> percentile();
            case SQUARED_ERROR -> leastError(steps);
        };
    }

    private float percentile() {
        long below = 0;
        for (int i = 0; i < BINS; i++) {
            below += counts[i];
            if (below >= UNCLIPPED * values) {
                return Math.min(greatest, range * (i + 1) / BINS);
            }
        }
        return greatest;
    }

    private float leastError(int steps) {
        float best = greatest;
        double least = error(greatest, steps);
        for (int i = 1; i < CANDIDATES; i++) {
            float candidate = greatest * i / CANDIDATES;
            double error = error(candidate, steps);
            if (error < least) {
                least = error;
                best = candidate;
            }
        }
        return best;
    }

    private double error(float threshold, int steps) {
        double step = threshold / steps;
        double sum = 0;
        for (int i = 0; i < BINS; i++) {
            if (counts[i] > 0) {
                double value = range * (i + 0.5) / BINS;
                double clipped = value - threshold;
                // What is less than half a step becomes zero; zero itself is exact and has no error to speak of.
                double error = clipped > 0 ? clipped * clipped : Math.min(value * value, step * step / 12);
                sum += counts[i] * error;
            }
        }
        return sum;
    }
}
