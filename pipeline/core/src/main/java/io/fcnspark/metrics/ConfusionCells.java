package io.fcnspark.metrics;

import io.fcnspark.labels.Mask;
import io.fcnspark.metrics.ConfusionMatrix.Cell;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The entries of a confusion matrix that are not zero, for masks whose number of classes nobody told. */
public final class ConfusionCells {
    private ConfusionCells() {}

    /**
     * Compares one predicted mask with its truth.
     *
     * @param truth class ids
     * @param predicted class ids, of the same size as the truth
     * @param ignoreLabel what marks pixels of the truth that do not count, as does {@link Mask#IGNORE}
     * @return by ascending truth, then predicted
     * @throws IllegalArgumentException for masks of different size, or a prediction that is no class id
     */
    public static List<Cell> of(Mask truth, Mask predicted, int ignoreLabel) {
        ConfusionMatrix.requireSameSize(truth, predicted);
        char[] t = truth.labels();
        char[] p = predicted.labels();
        Map<Integer, Long> pixels = new TreeMap<>(Integer::compareUnsigned);
        for (int i = 0; i < t.length; ) {
            char trueLabel = t[i];
            char predictedLabel = p[i];
            int start = i;
            // Labels come in runs: a run costs one look-up.
            do {
                i++;
            } while (i < t.length && t[i] == trueLabel && p[i] == predictedLabel);
            if (trueLabel == Mask.IGNORE || trueLabel == ignoreLabel) {
                continue;
            }
            if (predictedLabel == Mask.IGNORE) {
                throw new IllegalArgumentException("predicted class %d at column %d, row %d: expected 0 to %d"
                        .formatted(
                                (int) predictedLabel, start % truth.width(), start / truth.width(), Mask.MAX_CLASS_ID));
            }
            pixels.merge(trueLabel << Character.SIZE | predictedLabel, (long) (i - start), Long::sum);
        }
        List<Cell> cells = new ArrayList<>(pixels.size());
        pixels.forEach((classes, count) -> cells.add(new Cell(classes >>> Character.SIZE, classes & 0xffff, count)));
        return cells;
    }
}
