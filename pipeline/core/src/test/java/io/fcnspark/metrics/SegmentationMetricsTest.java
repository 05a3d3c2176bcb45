package io.fcnspark.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fcnspark.labels.ClassSet;
import io.fcnspark.labels.LabelClass;
import io.fcnspark.labels.Mask;
import io.fcnspark.metrics.ConfusionMatrix.Cell;
import java.io.InputStream;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class SegmentationMetricsTest {
    private static final Offset<Double> EXACT = within(1e-12);

    private static ClassSet classes(int count) {
        return new ClassSet(
                "test",
                IntStream.range(0, count)
                        .mapToObj(id -> new LabelClass(id, "class " + id, 0))
                        .toList(),
                255);
    }

    private static SegmentationMetrics metrics(int numClasses, List<Cell> cells) {
        ConfusionMatrix n = ConfusionMatrix.ofCells(numClasses, cells, 0);
        return SegmentationMetrics.of(MetricsState.ofImage(n), classes(numClasses));
    }

    private static void assertScore(OptionalDouble actual, double expected) {
        assertThat(actual.orElseThrow()).isCloseTo(expected, EXACT);
    }

    /**
     * Two classes, n = [[6, 2], [1, 3]]: t = 8, 4; p = 7, 5. Accuracies 6/8, 3/4; IU 6/9, 3/6.
     */
    @Test
    void agreesWithACaseWorkedByHand() {
        SegmentationMetrics m =
                metrics(2, List.of(new Cell(0, 0, 6), new Cell(0, 1, 2), new Cell(1, 0, 1), new Cell(1, 1, 3)));

        assertThat(m.pixels()).isEqualTo(12);
        assertScore(m.pixelAccuracy(), 9.0 / 12);
        assertScore(m.meanAccuracy(), 0.75);
        assertScore(m.meanIou(), (2.0 / 3 + 1.0 / 2) / 2);
        assertScore(m.frequencyWeightedIou(), (8 * 2.0 / 3 + 4 * 1.0 / 2) / 12);
        assertThat(m.meanImageIou().orElseThrow()).isCloseTo(7.0 / 12, within(0x1p-32));
        assertScore(m.classes().get(0).accuracy(), 6.0 / 8);
        assertScore(m.classes().get(0).iou(), 6.0 / 9);
        assertScore(m.classes().get(1).accuracy(), 3.0 / 4);
        assertScore(m.classes().get(1).iou(), 3.0 / 6);
        assertThat(m.classes().get(1).pixels()).isEqualTo(4);
    }

    /**
     * Class 1 is only predicted: it has an IU of 0 that counts in the mean, and no accuracy. Class 2 is in neither: it counts
     * nowhere. Class 3 is only in the truth: both are 0 and count.
     */
    @Test
    void absentClassesHaveNoValueAndNoPartInTheMeans() {
        SegmentationMetrics m = metrics(4, List.of(new Cell(0, 0, 3), new Cell(0, 1, 1), new Cell(3, 0, 1)));

        assertScore(m.classes().get(1).iou(), 0);
        assertThat(m.classes().get(1).accuracy()).isEmpty();
        assertThat(m.classes().get(2).iou()).isEmpty();
        assertThat(m.classes().get(2).accuracy()).isEmpty();
        assertScore(m.classes().get(3).iou(), 0);
        assertScore(m.classes().get(3).accuracy(), 0);
        assertScore(m.meanIou(), (3.0 / 5 + 0 + 0) / 3);
        assertScore(m.meanAccuracy(), (3.0 / 4 + 0) / 2);
        assertScore(m.frequencyWeightedIou(), (4 * 3.0 / 5) / 5);
        assertScore(m.pixelAccuracy(), 3.0 / 5);
    }

    @Test
    void truthThatIsAllVoidHasNoScore() {
        Mask truth = new Mask(2, 1, new char[] {Mask.IGNORE, Mask.IGNORE});
        MetricsState state = MetricsState.ofImage(ConfusionMatrix.of(2, truth, new Mask(2, 1, new char[] {0, 1})));
        SegmentationMetrics m = SegmentationMetrics.of(state, classes(2));

        assertThat(m.images()).isEqualTo(1);
        assertThat(m.pixels()).isZero();
        assertThat(m.ignoredPixels()).isEqualTo(2);
        assertUndefined(m);
    }

    @Test
    void theEmptySetHasNoScore() {
        SegmentationMetrics m = SegmentationMetrics.of(MetricsState.zero(2), classes(2));

        assertThat(m.images()).isZero();
        assertThat(m.ignoredPixels()).isZero();
        assertUndefined(m);
    }

    private static void assertUndefined(SegmentationMetrics m) {
        assertThat(m.pixelAccuracy()).isEmpty();
        assertThat(m.meanAccuracy()).isEmpty();
        assertThat(m.meanIou()).isEmpty();
        assertThat(m.frequencyWeightedIou()).isEmpty();
        assertThat(m.meanImageIou()).isEmpty();
        assertThat(m.classes()).allMatch(c -> c.iou().isEmpty() && c.accuracy().isEmpty());
    }

    @Test
    void scoresAreOfTheSetAndTheMeanOverImagesLeavesOutImagesWithoutTruth() {
        MetricsState good = MetricsState.ofImage(ConfusionMatrix.ofCells(2, List.of(new Cell(0, 0, 90)), 0));
        MetricsState bad = MetricsState.ofImage(ConfusionMatrix.ofCells(2, List.of(new Cell(0, 1, 10)), 0));
        MetricsState none = MetricsState.ofImage(ConfusionMatrix.ofCells(2, List.of(), 5));
        SegmentationMetrics m = SegmentationMetrics.of(good.plus(bad).plus(none), classes(2));

        assertThat(m.images()).isEqualTo(3);
        assertScore(m.meanIou(), (90.0 / 100 + 0) / 2);
        assertScore(m.meanImageIou(), (1.0 + 0.0) / 2);
        assertThat(m.ignoredPixels()).isEqualTo(5);
    }

    @Test
    void agreesWithScikitLearn() throws Exception {
        JsonNode oracle;
        try (InputStream in = SegmentationMetricsTest.class.getResourceAsStream("oracle.json")) {
            oracle = new ObjectMapper().readTree(in);
        }
        int numClasses = oracle.get("classes").asInt();
        MetricsState state = MetricsState.zero(numClasses);
        for (JsonNode image : oracle.get("images")) {
            Mask truth = mask(oracle, image.get("truth"));
            Mask predicted = mask(oracle, image.get("predicted"));
            state = state.plus(MetricsState.ofImage(ConfusionMatrix.of(numClasses, truth, predicted)));
        }
        SegmentationMetrics m = SegmentationMetrics.of(state, classes(numClasses));
        JsonNode actual = m.toJson();
        JsonNode expected = oracle.get("expected");

        assertThat(actual.get("confusion").toString())
                .isEqualTo(expected.get("confusion").toString());
        assertThat(m.ignoredPixels()).isEqualTo(expected.get("ignored_pixels").asLong());
        for (String score :
                List.of("pixel_accuracy", "mean_accuracy", "mean_iou", "frequency_weighted_iou", "mean_image_iou")) {
            assertThat(actual.get(score).doubleValue())
                    .as(score)
                    .isCloseTo(expected.get(score).doubleValue(), within(1e-9));
        }
        for (int id = 0; id < numClasses; id++) {
            for (String score : List.of("accuracy", "iou")) {
                JsonNode value = expected.get(score).get(Integer.toString(id));
                JsonNode ours = actual.get("classes").get(id).get(score);
                if (value == null) {
                    assertThat(ours.isNull()).as("%s of class %d", score, id).isTrue();
                } else {
                    assertThat(ours.doubleValue())
                            .as("%s of class %d", score, id)
                            .isCloseTo(value.doubleValue(), EXACT);
                }
            }
        }
    }

    private static Mask mask(JsonNode oracle, JsonNode labels) {
        char[] chars = new char[labels.size()];
        for (int i = 0; i < chars.length; i++) {
            int label = labels.get(i).asInt();
            chars[i] = (char) (label == oracle.get("ignore").asInt() ? Mask.IGNORE : label);
        }
        return new Mask(oracle.get("width").asInt(), oracle.get("height").asInt(), chars);
    }

    @Test
    void rendersAsJsonWithNullForWhatHasNoValue() {
        SegmentationMetrics m = metrics(2, List.of(new Cell(0, 0, 4)));

        assertThat(m.toJson().toString())
                .isEqualTo("{\"images\":1,\"pixels\":4,\"pixel_accuracy\":1.0,\"mean_accuracy\":1.0,\"mean_iou\":1.0,"
                        + "\"frequency_weighted_iou\":1.0,\"mean_image_iou\":1.0,\"ignored_pixels\":0,\"classes\":["
                        + "{\"id\":0,\"name\":\"class 0\",\"pixels\":4,\"accuracy\":1.0,\"iou\":1.0},"
                        + "{\"id\":1,\"name\":\"class 1\",\"pixels\":0,\"accuracy\":null,\"iou\":null}],"
                        + "\"confusion\":[[4,0],[0,0]]}");
    }

    @Test
    void refusesAClassSetOfAnotherSize() {
        assertThatThrownBy(() -> SegmentationMetrics.of(MetricsState.zero(3), classes(2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a confusion matrix of 3 classes for class set 'test' of 2");
    }
}
