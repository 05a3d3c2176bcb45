package io.fcnspark.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.fcnspark.labels.Mask;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class BoundaryF1Test {
    /** Class 1 to the right of a column, class 0 before it; 400 x 300 pixels, so contours count as met below 3.75 pixels. */
    private static Mask split(int column) {
        char[] labels = new char[400 * 300];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = (char) (i % 400 < column ? 0 : 1);
        }
        return new Mask(400, 300, labels);
    }

    @Test
    void aContourThatIsOffByLessThanTheToleranceIsMet() {
        assertThat(BoundaryF1.of(3, split(100), split(100)))
                .containsExactly(new BoundaryF1(0, 1), new BoundaryF1(1, 1));
        assertThat(BoundaryF1.of(3, split(100), split(103)))
                .containsExactly(new BoundaryF1(0, 1), new BoundaryF1(1, 1));
        assertThat(BoundaryF1.of(3, split(100), split(104)))
                .containsExactly(new BoundaryF1(0, 0), new BoundaryF1(1, 0));
    }

    @Test
    void theEdgeOfThePictureAndOfWhatIsIgnoredAreNoContours() {
        char[] labels = new char[100];
        assertThat(BoundaryF1.of(2, new Mask(10, 10, labels), new Mask(10, 10, labels)))
                .isEmpty();
        char[] truth = new char[100];
        Arrays.fill(truth, 50, 100, (char) Mask.IGNORE);
        char[] predicted = new char[100];
        Arrays.fill(predicted, 50, 100, (char) 1);
        assertThat(BoundaryF1.of(2, new Mask(10, 10, truth), new Mask(10, 10, predicted)))
                .isEmpty();
    }

    @Test
    void whereTruthLeavesAllContoursOpenNothingIsMeasured() {
        char[] truth = new char[100];
        Arrays.fill(truth, 40, 60, (char) Mask.IGNORE);
        Arrays.fill(truth, 60, 100, (char) 1);
        char[] predicted = new char[100];
        Arrays.fill(predicted, 70, 100, (char) 1);
        assertThat(BoundaryF1.of(2, new Mask(10, 10, truth), new Mask(10, 10, predicted)))
                .isEmpty();
    }

    @Test
    void aContourInOneOfBothOnlyIsZero() {
        assertThat(BoundaryF1.of(2, split(100), split(0)))
                .isEqualTo(List.of(new BoundaryF1(0, 0), new BoundaryF1(1, 0)));
    }
}
