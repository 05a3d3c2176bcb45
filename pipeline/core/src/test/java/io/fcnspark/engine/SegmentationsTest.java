package io.fcnspark.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fcnspark.engine.Segmentation.ClassStatistics;
import io.fcnspark.image.Region;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SegmentationsTest {
    @Test
    void twoPixelsWorkedByHand() throws Exception {
        // Scores 0 and ln 3 give probabilities 1/4 and 3/4.
        float ln3 = (float) Math.log(3);
        Segmentation segmentation = segmentation(rows(2, 2, 1, 0, ln3, ln3, 0));
        assertThat(segmentation.mask().labels()).containsExactly((char) 1, (char) 0);
        assertThat(segmentation.meanConfidence()).isCloseTo(0.75f, within(1e-5f));
        double entropy = -(0.25 * Math.log(0.25) + 0.75 * Math.log(0.75));
        assertThat(segmentation.meanEntropy()).isCloseTo((float) entropy, within(1e-5f));
        assertThat(segmentation.confidence()).containsExactly((byte) 191, (byte) 191);
        assertThat(segmentation.classes()).extracting(ClassStatistics::id).containsExactly(0, 1);
        assertThat(segmentation.classes()).extracting(ClassStatistics::pixels).containsExactly(1L, 1L);
    }

    @Test
    void equallyProbableClassesGiveTheLowestId() throws Exception {
        Segmentation segmentation = segmentation(rows(4, 1, 1, -1, 2, 2, 2));
        assertThat(segmentation.mask().at(0, 0)).isEqualTo(1);
    }

    @Test
    void certaintyIsExactlyOneAndItsEntropyZero() throws Exception {
        Segmentation segmentation = segmentation(rows(3, 1, 1, -1000, 1000, -1000));
        assertThat(segmentation.meanConfidence()).isEqualTo(1f);
        assertThat(segmentation.meanEntropy()).isBetween(0f, 1e-6f);
        assertThat(segmentation.confidence()).containsExactly((byte) 255);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.1, 3, 40})
    void statisticsAgreeWithDoublePrecision(double spread) throws Exception {
        int classes = 21;
        int width = 131;
        int height = 170;
        SplittableRandom random = new SplittableRandom(7);
        float[] scores = new float[classes * width * height];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = (float) ((random.nextDouble() - 0.5) * spread);
        }
        Segmentation segmentation = segmentation(rows(classes, width, height, scores));

        int area = width * height;
        double[] confidenceSums = new double[classes];
        double confidenceSum = 0;
        double entropySum = 0;
        for (int i = 0; i < area; i++) {
            int best = 0;
            double sum = 0;
            for (int c = 0; c < classes; c++) {
                best = scores[c * area + i] > scores[best * area + i] ? c : best;
                sum += Math.exp(scores[c * area + i]);
            }
            double probability = Math.exp(scores[best * area + i]) / sum;
            for (int c = 0; c < classes; c++) {
                double p = Math.exp(scores[c * area + i]) / sum;
                entropySum -= p * Math.log(p);
            }
            assertThat((int) segmentation.mask().labels()[i]).isEqualTo(best);
            assertThat((double) (segmentation.confidence()[i] & 0xff)).isCloseTo(255 * probability, within(0.51));
            confidenceSums[best] += probability;
            confidenceSum += probability;
        }
        assertThat((double) segmentation.meanConfidence()).isCloseTo(confidenceSum / area, within(1e-5));
        assertThat((double) segmentation.meanEntropy()).isCloseTo(entropySum / area, within(5e-5));
        long pixels = 0;
        for (ClassStatistics statistics : segmentation.classes()) {
            pixels += statistics.pixels();
            assertThat((double) statistics.meanConfidence())
                    .isCloseTo(confidenceSums[statistics.id()] / statistics.pixels(), within(1e-5));
        }
        assertThat(pixels).isEqualTo(area);
    }

    @Test
    void exponentialsAreWithinTheStatedError() {
        for (int i = 1; i <= 512; i++) {
            float difference = -i / 16f;
            SoftmaxRow row = new SoftmaxRow(1);
            row.read(new float[][] {{0}, {difference}}, new char[1], 0);
            // The sum is 1 + e^d, where small exponentials drown; the weighted sum is e^d d alone.
            double exponential = row.entropyAboveLogSum(0) * row.sum(0) / -difference;
            assertThat(exponential / Math.exp(difference)).isCloseTo(1, within(2e-5));
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
    void scoresThatAreNoNumbersAreAnError(float broken) {
        float[] scores = new float[3 * 8 * 2];
        scores[16 + 8 + 5] = broken;
        assertThatThrownBy(() -> segmentation(rows(3, 8, 2, scores)))
                .isInstanceOfSatisfying(NonFiniteScoreException.class, e -> {
                    assertThat(e.x()).isEqualTo(5);
                    assertThat(e.y()).isEqualTo(1);
                });
    }

    @Test
    void aClassWithProbabilityZeroIsAllowedButNotEveryClass() throws Exception {
        float never = Float.NEGATIVE_INFINITY;
        assertThat(segmentation(rows(2, 1, 1, never, 0)).mask().at(0, 0)).isEqualTo(1);
        assertThatThrownBy(() -> segmentation(rows(2, 1, 1, never, never))).isInstanceOf(NonFiniteScoreException.class);
    }

    /** The number of threads must not show. */
    private static Segmentation segmentation(ScoreRows rows) throws NonFiniteScoreException {
        try (Workers one = new Workers(1);
                Workers several = new Workers(3)) {
            Segmentation segmentation = Segmentations.of(() -> rows, one);
            assertThat(Segmentations.of(() -> rows, several))
                    .usingRecursiveComparison()
                    .isEqualTo(segmentation);
            return segmentation;
        }
    }

    /** Scores in the order of feature maps: class, row, column. */
    private static ScoreRows rows(int classes, int width, int height, float... scores) {
        FeatureMaps maps = FeatureMaps.allocate(1, classes, height, width);
        maps.values().put(scores);
        return new FullScores(maps, 0, Region.of(width, height));
    }
}
