package io.fcnspark.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fcnspark.labels.ClassSet;
import io.fcnspark.labels.LabelClass;
import io.fcnspark.metrics.ConfusionMatrix.Cell;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class BootstrapTest {
    private static final ClassSet CLASSES = new ClassSet(
            "three", List.of(new LabelClass(0, "a", 0), new LabelClass(1, "b", 1), new LabelClass(2, "c", 2)), 255);

    /** An image whose share of right pixels scatters around 0.7 with a standard deviation of 0.1. */
    private static ConfusionMatrix image(int number, double shift) {
        double right = Math.min(1, Math.max(0, 0.7 + shift + 0.1 * new Random(number).nextGaussian()));
        long correct = Math.round(1000 * right);
        return ConfusionMatrix.ofCells(3, List.of(new Cell(0, 0, correct), new Cell(1, 0, 1000 - correct)), 7);
    }

    private static Bootstrap of(int images, double shift, long seed) {
        Bootstrap bootstrap = Bootstrap.zero(3, seed);
        for (int i = 0; i < images; i++) {
            bootstrap.add("image" + i, image(i, shift));
        }
        return bootstrap;
    }

    @Test
    void theIntervalOfAMeanIsThatOfItsStandardError() {
        int images = 400;
        double mean = 0;
        double squares = 0;
        for (int i = 0; i < images; i++) {
            double accuracy = image(i, 0).at(0, 0) / 1000.0;
            mean += accuracy / images;
            squares += accuracy * accuracy / images;
        }
        double error = Math.sqrt((squares - mean * mean) / images);

        Interval interval =
                of(images, 0, 1).intervals().of(Score.PIXEL_ACCURACY).orElseThrow();

        // The 2.5th percentile of 1000 draws is itself known to a tenth of the standard error.
        assertThat(interval.low()).isCloseTo(mean - 1.96 * error, within(0.25 * error));
        assertThat(interval.high()).isCloseTo(mean + 1.96 * error, within(0.25 * error));
    }

    @Property(tries = 20)
    void anySplitInAnyOrderGivesTheSame(@ForAll @IntRange(min = 0, max = 30) int split, @ForAll long seed) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            order.add(i);
        }
        Collections.shuffle(order, new Random(seed));
        Bootstrap left = Bootstrap.zero(3, 1);
        Bootstrap right = Bootstrap.zero(3, 1);
        for (int k = 0; k < 30; k++) {
            (k < split ? left : right).add("image" + order.get(k), image(order.get(k), 0));
        }
        assertThat(left.merge(right)).isEqualTo(of(30, 0, 1));
    }

    @Test
    void anotherSeedDrawsOtherSets() {
        assertThat(of(30, 0, 1).intervals()).isEqualTo(of(30, 0, 1).intervals());
        assertThat(of(30, 0, 1).intervals().scores())
                .isNotEqualTo(of(30, 0, 2).intervals().scores());
        assertThatThrownBy(() -> of(2, 0, 1).merge(of(2, 0, 2))).hasMessageContaining("do not add up");
    }

    @Test
    void noImageHasNoScore() {
        assertThat(of(0, 0, 1).intervals().scores()).isEmpty();
        MetricsComparison nothing = MetricsComparison.of(of(0, 0, 1), of(0, 0, 1), CLASSES);
        assertThat(nothing.scores().get(Score.MEAN_IOU).difference()).isEmpty();
    }

    @Test
    void oneImageTellsNothingAboutOthers() {
        Intervals one = of(1, 0, 1).intervals();
        assertThat(one.of(Score.MEAN_IOU)).isEmpty();
        assertThat(one.ofIou(0)).isEmpty();
        Bootstrap two = of(2, 0, 1);
        two.add("third", ConfusionMatrix.ofCells(3, List.of(new Cell(2, 2, 10)), 0));
        assertThat(two.intervals().of(Score.MEAN_IOU)).isPresent();
        assertThat(two.intervals().ofIou(0)).isPresent();
        assertThat(two.intervals().ofIou(2)).isEmpty();
        assertThat(two.intervals().ofAccuracy(2)).isEmpty();
    }

    @Test
    void pairsTellASmallDifferenceThatIntervalsWouldNot() {
        Bootstrap better = of(100, 0.005, 1);
        Bootstrap worse = of(100, 0, 1);
        Interval a = better.intervals().of(Score.PIXEL_ACCURACY).orElseThrow();
        Interval b = worse.intervals().of(Score.PIXEL_ACCURACY).orElseThrow();
        assertThat(a.low()).isLessThan(b.high());

        MetricsComparison comparison = MetricsComparison.of(better, worse, CLASSES);
        MetricsComparison.Difference difference = comparison.scores().get(Score.PIXEL_ACCURACY);
        assertThat(difference.difference().orElseThrow()).isCloseTo(0.005, within(0.001));
        assertThat(difference.isSignificant()).isTrue();
        assertThat(difference.interval().orElseThrow().low()).isPositive();
        assertThat(difference.pValue()).hasValue(2.0 / 1001);
        // Class 2 is nowhere.
        assertThat(comparison.classes().get(2).iou().difference()).isEmpty();
        assertThat(comparison.classes().get(2).iou().isSignificant()).isFalse();
    }

    @Test
    void noDifferenceIsNotSignificant() {
        MetricsComparison same = MetricsComparison.of(of(50, 0, 1), of(50, 0, 1), CLASSES);
        assertThat(same.scores().get(Score.MEAN_IOU).pValue()).hasValue(1);
        assertThat(same.scores().get(Score.MEAN_IOU).interval()).hasValue(new Interval(0, 0));
    }

    /** Of labellings that differ by chance alone, few may be called different. */
    @Test
    void chanceIsCalledSignificantAboutAsOftenAsStated() {
        int significant = 0;
        int runs = 200;
        for (int run = 0; run < runs; run++) {
            Random random = new Random(run);
            Bootstrap a = Bootstrap.zero(3, 1);
            Bootstrap b = Bootstrap.zero(3, 1);
            for (int i = 0; i < 60; i++) {
                String name = run + "/" + i;
                a.add(name, correct(700 + random.nextInt(-150, 151)));
                b.add(name, correct(700 + random.nextInt(-150, 151)));
            }
            significant += MetricsComparison.of(a, b, CLASSES)
                            .scores()
                            .get(Score.PIXEL_ACCURACY)
                            .isSignificant()
                    ? 1
                    : 0;
        }
        // 5 % of 200, plus or minus three standard deviations.
        assertThat(significant).isBetween(1, 20);
    }

    private static ConfusionMatrix correct(long pixels) {
        return ConfusionMatrix.ofCells(3, List.of(new Cell(0, 0, pixels), new Cell(0, 1, 1000 - pixels)), 0);
    }
}
