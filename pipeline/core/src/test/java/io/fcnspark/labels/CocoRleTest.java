package io.fcnspark.labels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class CocoRleTest {
    static Stream<CocoVectors.Vector> vectors() {
        return CocoVectors.all();
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void isWhatPycocotoolsWrites(CocoVectors.Vector vector) {
        CocoRle rle = CocoRle.of(vector.mask(), vector.classId());
        assertThat(rle.counts()).isEqualTo(vector.expected().get("counts").textValue());
        assertThat(rle.area()).isEqualTo(vector.expected().get("area").longValue());
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void readsWhatPycocotoolsWrites(CocoVectors.Vector vector) {
        Mask mask = vector.mask();
        char[] painted = new char[mask.labels().length];
        new CocoRle(mask.height(), mask.width(), vector.expected().get("counts").textValue()).paint(painted, '\1');
        for (int i = 0; i < painted.length; i++) {
            assertThat(painted[i] == 1).isEqualTo(mask.labels()[i] == vector.classId());
        }
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void boxesArePycocotools(CocoVectors.Vector vector) {
        Optional<BoundingBox> box = BoundingBox.of(vector.mask(), vector.classId());
        if (vector.expected().get("area").longValue() == 0) {
            assertThat(box).isEmpty();
        } else {
            assertThat(vector.expected().get("bbox"))
                    .hasToString("[%d,%d,%d,%d]"
                            .formatted(
                                    box.get().x(),
                                    box.get().y(),
                                    box.get().width(),
                                    box.get().height()));
        }
    }

    @Property(tries = 200)
    void comesBackAsWritten(
            @ForAll @IntRange(min = 1, max = 50) int width,
            @ForAll @IntRange(min = 1, max = 50) int height,
            @ForAll @IntRange(min = 1, max = 300) int run,
            @ForAll long seed) {
        Random random = new Random(seed);
        char[] labels = new char[width * height];
        for (int i = 0, label = 0; i < labels.length; i++) {
            label = random.nextInt(run) == 0 ? random.nextInt(3) : label;
            labels[i] = (char) label;
        }
        Mask mask = new Mask(width, height, labels);
        char[] painted = new char[labels.length];
        for (int id = 1; id < 3; id++) {
            CocoRle.of(mask, id).paint(painted, (char) id);
        }
        assertThat(painted).isEqualTo(labels);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "2; 3; 5; the counts add up to 5 pixels, the size [2, 3] (height, width) to 6",
                "2; 3; 3!3; the counts have '!' as character 2: expected '0' to 'o'",
                "2; 3; 3P; the counts end within the number that begins with character 2",
                "2; 3; O; the counts have a run of -1 pixels at character 1",
                "0; 3; 0; run lengths of a mask of 3x0 pixels",
            })
    void whatIsNotWrittenSoIsRefused(int height, int width, String counts, String message) {
        assertThatThrownBy(() -> new CocoRle(height, width, counts))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}
