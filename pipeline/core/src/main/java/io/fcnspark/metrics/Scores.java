package io.fcnspark.metrics;

import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * The four scores of Long, Shelhamer, Darrell, section 5 (PAMI section 4), as {@code score.py} computes them. With n_ij pixels
 * of class i predicted as j, t_i the sum of row i and p_i that of column i. A class that occurs neither in truth nor in
 * prediction has no IU, and no part in a mean.
 */
final class Scores {
    private Scores() {}

    /** Σ n_ii / Σ n. */
    static OptionalDouble pixelAccuracy(ClassCounts n) {
        return ratio(Arrays.stream(n.correct()).sum(), Arrays.stream(n.truth()).sum());
    }

    /** n_ii / t_i. */
    static OptionalDouble accuracy(ClassCounts n, int i) {
        return ratio(n.correct()[i], n.truth()[i]);
    }

    /** n_ii / (t_i + p_i − n_ii). */
    static OptionalDouble iou(ClassCounts n, int i) {
        return ratio(n.correct()[i], n.truth()[i] + n.predicted()[i] - n.correct()[i]);
    }

    /** Mean of {@link #accuracy} over the classes that have one. */
    static OptionalDouble meanAccuracy(ClassCounts n) {
        return classes(n)
                .mapToObj(i -> accuracy(n, i))
                .flatMapToDouble(OptionalDouble::stream)
                .average();
    }

    /** Mean of {@link #iou} over the classes that have one. */
    static OptionalDouble meanIou(ClassCounts n) {
        return classes(n)
                .mapToObj(i -> iou(n, i))
                .flatMapToDouble(OptionalDouble::stream)
                .average();
    }

    /** Σ t_i·IU_i / Σ t_i. */
    static OptionalDouble frequencyWeightedIou(ClassCounts n) {
        long pixels = Arrays.stream(n.truth()).sum();
        if (pixels == 0) {
            return OptionalDouble.empty();
        }
        double weighted =
                classes(n).mapToDouble(i -> n.truth()[i] * iou(n, i).orElse(0)).sum();
        return OptionalDouble.of(weighted / pixels);
    }

    private static IntStream classes(ClassCounts n) {
        return IntStream.range(0, n.classes());
    }

    private static OptionalDouble ratio(long part, long whole) {
        return whole == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) part / whole);
    }
}
