package io.fcnspark.metrics;

import io.fcnspark.labels.Mask;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How many pixels of each true class were given each predicted class: n[truth][predicted] of {@code score.py}. Matrices of the
 * same number of classes form a commutative monoid under {@link #plus} with {@link #zero}, so any split of a set of images, in
 * any order, adds up to the same matrix.
 */
public final class ConfusionMatrix implements Serializable {
    private static final long serialVersionUID = 1;

    private final int numClasses;
    private final long[] counts;
    private final long ignoredPixels;

    private ConfusionMatrix(int numClasses, long[] counts, long ignoredPixels) {
        this.numClasses = numClasses;
        this.counts = counts;
        this.ignoredPixels = ignoredPixels;
    }

    /**
     * One entry of a matrix.
     *
     * @param truth true class id
     * @param predicted predicted class id
     * @param pixels number of pixels, not negative
     */
    public record Cell(int truth, int predicted, long pixels) {
        public Cell {
            if (truth < 0 || predicted < 0 || pixels < 0) {
                throw new IllegalArgumentException(
                        "confusion of truth %d with predicted %d in %d pixels: none may be negative"
                                .formatted(truth, predicted, pixels));
            }
        }
    }

    /** No pixel at all. */
    public static ConfusionMatrix zero(int numClasses) {
        return new ConfusionMatrix(numClasses, new long[size(numClasses)], 0);
    }

    /**
     * Compares one predicted mask with its truth.
     *
     * @param truth class ids below {@code numClasses}, or {@link Mask#IGNORE}; pixels so marked are counted apart, whatever was
     *     predicted there
     * @param predicted class ids below {@code numClasses}, of the same size as the truth
     * @throws IllegalArgumentException for masks of different size, or a label out of range; names the label and its place
     */
    public static ConfusionMatrix of(int numClasses, Mask truth, Mask predicted) {
        long[] counts = new long[size(numClasses)];
        requireSameSize(truth, predicted);
        char[] t = truth.labels();
        char[] p = predicted.labels();
        long ignored = 0;
        for (int i = 0; i < t.length; ) {
            char trueLabel = t[i];
            char predictedLabel = p[i];
            int start = i;
            // Labels come in runs: a run costs one addition.
            do {
                i++;
            } while (i < t.length && t[i] == trueLabel && p[i] == predictedLabel);
            if (trueLabel == Mask.IGNORE) {
                ignored += i - start;
            } else if (trueLabel < numClasses && predictedLabel < numClasses) {
                counts[trueLabel * numClasses + predictedLabel] += i - start;
            } else {
                throw trueLabel < numClasses
                        ? outOfRange("predicted", predictedLabel, start, truth.width(), numClasses)
                        : outOfRange("true", trueLabel, start, truth.width(), numClasses);
            }
        }
        return new ConfusionMatrix(numClasses, counts, ignored);
    }

    /**
     * A matrix from its entries; those of the same place add up.
     *
     * @param ignoredPixels pixels whose truth was marked to be ignored
     * @throws IllegalArgumentException for a class id out of range
     */
    public static ConfusionMatrix ofCells(int numClasses, Iterable<Cell> cells, long ignoredPixels) {
        long[] counts = new long[size(numClasses)];
        if (ignoredPixels < 0) {
            throw new IllegalArgumentException(ignoredPixels + " ignored pixels: expected 0 or more");
        }
        for (Cell cell : cells) {
            if (cell.truth >= numClasses || cell.predicted >= numClasses) {
                throw new IllegalArgumentException("confusion of truth %d with predicted %d: expected class ids 0 to %d"
                        .formatted(cell.truth, cell.predicted, numClasses - 1));
            }
            int index = cell.truth * numClasses + cell.predicted;
            counts[index] = Math.addExact(counts[index], cell.pixels);
        }
        return new ConfusionMatrix(numClasses, counts, ignoredPixels);
    }

    /**
     * The matrix of both sets of pixels together.
     *
     * @throws IllegalArgumentException for matrices of different numbers of classes
     */
    public ConfusionMatrix plus(ConfusionMatrix other) {
        if (numClasses != other.numClasses) {
            throw new IllegalArgumentException(
                    "confusion matrices of %d and of %d classes do not add up".formatted(numClasses, other.numClasses));
        }
        long[] sum = new long[counts.length];
        for (int i = 0; i < sum.length; i++) {
            sum[i] = Math.addExact(counts[i], other.counts[i]);
        }
        return new ConfusionMatrix(numClasses, sum, Math.addExact(ignoredPixels, other.ignoredPixels));
    }

    /** Number of classes, the number of rows and of columns. */
    public int numClasses() {
        return numClasses;
    }

    /** Pixels of class {@code truth} that were given class {@code predicted}. */
    public long at(int truth, int predicted) {
        if (truth < 0 || truth >= numClasses || predicted < 0 || predicted >= numClasses) {
            throw new IndexOutOfBoundsException(
                    "entry (%d, %d) of a confusion matrix of %d classes".formatted(truth, predicted, numClasses));
        }
        return counts[truth * numClasses + predicted];
    }

    /** Pixels whose truth is this class: t_i, the sum of a row. */
    public long truthPixels(int classId) {
        long sum = 0;
        for (int predicted = 0; predicted < numClasses; predicted++) {
            sum += at(classId, predicted);
        }
        return sum;
    }

    /** Pixels that were given this class and whose truth is known: p_i, the sum of a column. */
    public long predictedPixels(int classId) {
        long sum = 0;
        for (int truth = 0; truth < numClasses; truth++) {
            sum += at(truth, classId);
        }
        return sum;
    }

    /** Pixels that are given the class that they have: the sum of the diagonal. */
    public long correctPixels() {
        long sum = 0;
        for (int id = 0; id < numClasses; id++) {
            sum += at(id, id);
        }
        return sum;
    }

    /** All pixels that count, so without the ignored. */
    public long pixels() {
        return Arrays.stream(counts).sum();
    }

    /** Pixels whose truth is marked to be ignored. */
    public long ignoredPixels() {
        return ignoredPixels;
    }

    /** Entries that are not zero, by ascending truth, then predicted. */
    public List<Cell> cells() {
        List<Cell> cells = new ArrayList<>();
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] != 0) {
                cells.add(new Cell(i / numClasses, i % numClasses, counts[i]));
            }
        }
        return cells;
    }

    static void requireSameSize(Mask truth, Mask predicted) {
        if (truth.width() != predicted.width() || truth.height() != predicted.height()) {
            throw new IllegalArgumentException(
                    "the truth has %dx%d pixels, the predicted mask %dx%d: expected the same size"
                            .formatted(truth.width(), truth.height(), predicted.width(), predicted.height()));
        }
    }

    private static int size(int numClasses) {
        if (numClasses < 1
                || numClasses > Mask.MAX_CLASS_ID + 1
                || (long) numClasses * numClasses > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("a confusion matrix of %d classes".formatted(numClasses));
        }
        return numClasses * numClasses;
    }

    private static IllegalArgumentException outOfRange(String which, int label, int index, int width, int numClasses) {
        return new IllegalArgumentException("%s class %d at column %d, row %d: expected 0 to %d"
                .formatted(which, label, index % width, index / width, numClasses - 1));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ConfusionMatrix matrix
                && numClasses == matrix.numClasses
                && ignoredPixels == matrix.ignoredPixels
                && Arrays.equals(counts, matrix.counts);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(counts) + Long.hashCode(ignoredPixels);
    }

    @Override
    public String toString() {
        return "ConfusionMatrix[%d classes, %d pixels, %d ignored]".formatted(numClasses, pixels(), ignoredPixels);
    }
}
