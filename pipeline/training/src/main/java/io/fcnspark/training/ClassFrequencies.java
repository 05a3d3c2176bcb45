package io.fcnspark.training;

import io.fcnspark.labels.Mask;
import java.io.Serializable;
import java.util.Arrays;

/**
 * How often classes are in a set of truths. A commutative monoid: {@link #plus} of two sets' counts is that of both.
 *
 * @param pixels of each class
 * @param pixelsWherePresent for each class, pixels that count of the images that have it
 */
public record ClassFrequencies(long[] pixels, long[] pixelsWherePresent) implements Serializable {
    /** No truth at all. */
    public static ClassFrequencies zero(int numClasses) {
        return new ClassFrequencies(new long[numClasses], new long[numClasses]);
    }

    /** The counts of one truth. */
    public static ClassFrequencies of(Mask truth, int numClasses) {
        long[] pixels = new long[numClasses];
        long counted = 0;
        for (char label : truth.labels()) {
            if (label != Mask.IGNORE) {
                pixels[label]++;
                counted++;
            }
        }
        long[] wherePresent = new long[numClasses];
        for (int c = 0; c < numClasses; c++) {
            wherePresent[c] = pixels[c] == 0 ? 0 : counted;
        }
        return new ClassFrequencies(pixels, wherePresent);
    }

    /** The counts of both sets together. */
    public ClassFrequencies plus(ClassFrequencies other) {
        return new ClassFrequencies(sum(pixels, other.pixels), sum(pixelsWherePresent, other.pixelsWherePresent));
    }

    private static long[] sum(long[] a, long[] b) {
        long[] sum = new long[a.length];
        Arrays.setAll(sum, i -> Math.addExact(a[i], b[i]));
        return sum;
    }

    /** Pixels of any class. */
    public long total() {
        return Arrays.stream(pixels).sum();
    }

    /** A factor on the loss for each class. */
    public double[] weights(TrainingOptions.ClassWeighting weighting) {
        return switch (weighting) {
            case NONE -> {
                double[] same = new double[pixels.length];
                Arrays.fill(same, 1);
                yield same;
            }
            case MEDIAN_FREQUENCY -> medianFrequencyWeights();
        };
    }

    /**
     * Weights that balance classes: the median of the classes' frequencies by each class's own, a frequency being the share of a
     * class in the images that have it (Eigen and Fergus, 2015, section 6.3.2). 1 for a class that never occurs.
     */
    public double[] medianFrequencyWeights() {
        double[] frequencies = new double[pixels.length];
        Arrays.setAll(frequencies, c -> pixels[c] == 0 ? 0 : (double) pixels[c] / pixelsWherePresent[c]);
        double[] sorted = Arrays.stream(frequencies).filter(f -> f > 0).sorted().toArray();
        if (sorted.length == 0) {
            throw new IllegalStateException("no truth has a pixel that counts");
        }
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return Arrays.stream(frequencies).map(f -> f == 0 ? 1 : median / f).toArray();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ClassFrequencies counts
                && Arrays.equals(pixels, counts.pixels)
                && Arrays.equals(pixelsWherePresent, counts.pixelsWherePresent);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(pixels) + Arrays.hashCode(pixelsWherePresent);
    }

    @Override
    public String toString() {
        return "ClassFrequencies[pixels=%s, pixelsWherePresent=%s]"
                .formatted(Arrays.toString(pixels), Arrays.toString(pixelsWherePresent));
    }
}
