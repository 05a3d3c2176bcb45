package io.fcnspark.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fcnspark.labels.Mask;
import io.fcnspark.metrics.ConfusionMatrix.Cell;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ConfusionMatrixTest {
    private static final char IGNORE = Mask.IGNORE;

    private static Mask mask(int width, int... labels) {
        char[] chars = new char[labels.length];
        for (int i = 0; i < labels.length; i++) {
            chars[i] = (char) labels[i];
        }
        return new Mask(width, labels.length / width, chars);
    }

    @Test
    void countsPixelsByTruthAndPrediction() {
        ConfusionMatrix n = ConfusionMatrix.of(3, mask(3, 0, 0, 1, 1, 2, IGNORE), mask(3, 0, 1, 1, 1, 0, 2));

        assertThat(n.cells())
                .containsExactly(new Cell(0, 0, 1), new Cell(0, 1, 1), new Cell(1, 1, 2), new Cell(2, 0, 1));
        assertThat(n.pixels()).isEqualTo(5);
        assertThat(n.ignoredPixels()).isEqualTo(1);
        assertThat(n.correctPixels()).isEqualTo(3);
        assertThat(n.truthPixels(0)).isEqualTo(2);
        assertThat(n.predictedPixels(0)).isEqualTo(2);
        assertThat(n.predictedPixels(2)).as("predicted where truth is unknown").isZero();
    }

    @Test
    void agreesWithCountingPixelByPixel() {
        Random random = new Random(7);
        int numClasses = 5;
        long[][] expected = new long[numClasses][numClasses];
        char[] truth = new char[1000];
        char[] predicted = new char[1000];
        long ignored = 0;
        for (int i = 0; i < truth.length; i++) {
            // Runs of both kinds: long, and of one pixel.
            boolean sameAsBefore = i > 0 && random.nextInt(3) > 0;
            truth[i] = sameAsBefore ? truth[i - 1] : (char) random.nextInt(numClasses);
            predicted[i] = sameAsBefore ? predicted[i - 1] : (char) random.nextInt(numClasses);
            if (random.nextInt(10) == 0) {
                truth[i] = IGNORE;
            }
            if (truth[i] == IGNORE) {
                ignored++;
            } else {
                expected[truth[i]][predicted[i]]++;
            }
        }

        ConfusionMatrix n = ConfusionMatrix.of(numClasses, new Mask(40, 25, truth), new Mask(40, 25, predicted));

        assertThat(n.ignoredPixels()).isEqualTo(ignored);
        for (int t = 0; t < numClasses; t++) {
            for (int p = 0; p < numClasses; p++) {
                assertThat(n.at(t, p)).isEqualTo(expected[t][p]);
            }
        }
    }

    @Test
    void refusesLabelsOutOfRange() {
        assertThatThrownBy(() -> ConfusionMatrix.of(2, mask(2, 0, 0, 0, 0), mask(2, 0, 0, 0, 2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("predicted class 2 at column 1, row 1: expected 0 to 1");
        assertThatThrownBy(() -> ConfusionMatrix.of(2, mask(2, 0, 0, 9, 0), mask(2, 0, 0, 0, 0)))
                .hasMessage("true class 9 at column 0, row 1: expected 0 to 1");
        assertThatThrownBy(() -> ConfusionMatrix.of(2, mask(1, 0), mask(1, IGNORE)))
                .hasMessageStartingWith("predicted class 65535");
    }

    @Test
    void refusesMasksOfDifferentSize() {
        assertThatThrownBy(() -> ConfusionMatrix.of(2, mask(2, 0, 0), mask(1, 0, 0)))
                .hasMessage("the truth has 2x1 pixels, the predicted mask 1x2: expected the same size");
    }

    @Test
    void comesBackFromItsCells() {
        ConfusionMatrix n = ConfusionMatrix.of(3, mask(3, 0, 0, 1, 1, 2, IGNORE), mask(3, 0, 1, 1, 1, 0, 2));

        assertThat(ConfusionMatrix.ofCells(3, n.cells(), 1)).isEqualTo(n);
        assertThatThrownBy(() -> ConfusionMatrix.ofCells(2, n.cells(), 1))
                .hasMessage("confusion of truth 2 with predicted 0: expected class ids 0 to 1");
        assertThat(ConfusionMatrix.ofCells(1, List.of(new Cell(0, 0, 1), new Cell(0, 0, 2)), 0)
                        .at(0, 0))
                .isEqualTo(3);
    }

    @Test
    void doesNotAddMatricesOfDifferentClasses() {
        assertThatThrownBy(() -> ConfusionMatrix.zero(2).plus(ConfusionMatrix.zero(3)))
                .hasMessage("confusion matrices of 2 and of 3 classes do not add up");
    }
}
