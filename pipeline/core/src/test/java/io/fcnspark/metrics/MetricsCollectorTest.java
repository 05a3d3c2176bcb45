package io.fcnspark.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fcnspark.labels.ClassSet;
import io.fcnspark.labels.LabelClass;
import io.fcnspark.labels.Mask;
import io.fcnspark.metrics.ConfusionMatrix.Cell;
import io.fcnspark.metrics.SegmentationMetrics.ClassMetrics;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class MetricsCollectorTest {
    private static final int CLASSES = 21;
    private static final ClassSet CLASS_SET = new ClassSet(
            "many",
            IntStream.range(0, CLASSES)
                    .mapToObj(i -> new LabelClass(i, "c" + i, 0))
                    .toList(),
            255);

    /** Truth and prediction of some classes only, with ignored pixels. */
    private static ConfusionMatrix image(Random random) {
        int size = 1 + random.nextInt(40);
        char[] truth = new char[size];
        char[] predicted = new char[size];
        int classes = 1 + random.nextInt(CLASSES);
        for (int i = 0; i < size; i++) {
            truth[i] = (char) (random.nextInt(5) == 0 ? Mask.IGNORE : random.nextInt(classes));
            predicted[i] = (char) (random.nextBoolean() ? random.nextInt(classes) : truth[i] % CLASSES);
        }
        Mask t = new Mask(size, 1, truth);
        Mask p = new Mask(size, 1, predicted);
        ConfusionMatrix confusion = ConfusionMatrix.of(CLASSES, t, p);
        assertThat(ConfusionCells.of(t, p, Mask.IGNORE)).isEqualTo(confusion.cells());
        return confusion;
    }

    @Property(tries = 200)
    void givesTheVeryNumbersThatAClassSetGives(@ForAll @IntRange(max = 12) int images, @ForAll long seed)
            throws IOException {
        Random random = new Random(seed);
        MetricsState state = MetricsState.zero(CLASSES);
        MetricsCollector some = new MetricsCollector();
        MetricsCollector others = new MetricsCollector();
        for (int i = 0; i < images; i++) {
            ConfusionMatrix confusion = image(random);
            state = state.plus(MetricsState.ofImage(confusion));
            (random.nextBoolean() ? some : others).add(confusion.cells());
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        others.write(new DataOutputStream(bytes));
        MetricsCollector all =
                MetricsCollector.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
        all.add(some);

        SegmentationMetrics expected = SegmentationMetrics.of(state, CLASS_SET);
        SegmentationMetrics metrics = all.metrics();
        assertThat(metrics.images()).isEqualTo(images);
        assertThat(metrics.pixels()).isEqualTo(expected.pixels());
        assertThat(metrics.pixelAccuracy()).isEqualTo(expected.pixelAccuracy());
        assertThat(metrics.meanAccuracy()).isEqualTo(expected.meanAccuracy());
        assertThat(metrics.meanIou()).isEqualTo(expected.meanIou());
        assertThat(metrics.frequencyWeightedIou()).isEqualTo(expected.frequencyWeightedIou());
        assertThat(metrics.meanImageIou()).isEqualTo(expected.meanImageIou());
        assertThat(all.cells()).isEqualTo(expected.confusion().cells());
        List<ClassMetrics> present =
                expected.classes().stream().filter(c -> c.iou().isPresent()).toList();
        assertThat(all.classIds())
                .containsExactly(present.stream().mapToInt(ClassMetrics::id).toArray());
        for (int i = 0; i < present.size(); i++) {
            assertThat(metrics.classes().get(i).pixels())
                    .isEqualTo(present.get(i).pixels());
            assertThat(metrics.classes().get(i).iou()).isEqualTo(present.get(i).iou());
            assertThat(metrics.classes().get(i).accuracy())
                    .isEqualTo(present.get(i).accuracy());
        }
    }

    @Test
    void imagesWithoutAPixelThatCountsHaveNoScores() {
        MetricsCollector collector = new MetricsCollector();
        collector.add(List.of());
        assertThat(collector.metrics().images()).isEqualTo(1);
        assertThat(collector.metrics().meanIou()).isEqualTo(OptionalDouble.empty());
        assertThat(collector.metrics().meanImageIou()).isEqualTo(OptionalDouble.empty());
        assertThat(collector.classIds()).isEmpty();
    }

    @Test
    void classesOfAnyIdTakeNoMoreRoomThanOthers() {
        MetricsCollector collector = new MetricsCollector();
        collector.add(List.of(new Cell(Mask.MAX_CLASS_ID, 3, 1), new Cell(3, 3, 1)));
        assertThat(collector.metrics().meanIou()).hasValue((1.0 / 2 + 0) / 2);
        assertThat(collector.classIds()).containsExactly(3, Mask.MAX_CLASS_ID);
        assertThatThrownBy(() -> collector.add(List.of(new Cell(Mask.IGNORE, 3, 1))))
                .hasMessage("class 65535: expected 0 to 65534");
    }
}
