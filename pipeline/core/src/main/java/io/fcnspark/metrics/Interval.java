package io.fcnspark.metrics;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Optional;

/**
 * Where a value lies with a probability of {@value #LEVEL}.
 *
 * @param low 2.5th percentile
 * @param high 97.5th percentile
 */
public record Interval(double low, double high) implements Serializable {
    /** Probability with which an interval holds what it estimates. */
    public static final double LEVEL = 0.95;

    public Interval {
        if (!(low <= high)) {
            throw new IllegalArgumentException("an interval from %s to %s".formatted(low, high));
        }
    }

    /** The percentiles of some values, between two of them by linear interpolation; empty without values. */
    static Optional<Interval> of(double[] values) {
        if (values.length == 0) {
            return Optional.empty();
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        double tail = (1 - LEVEL) / 2;
        return Optional.of(new Interval(quantile(sorted, tail), quantile(sorted, 1 - tail)));
    }

    private static double quantile(double[] sorted, double share) {
        double place = share * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
