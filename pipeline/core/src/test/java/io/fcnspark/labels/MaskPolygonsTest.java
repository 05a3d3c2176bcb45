package io.fcnspark.labels;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Polygon;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MaskPolygonsTest {
    static Stream<CocoVectors.Vector> vectors() {
        return CocoVectors.all();
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void pycocotoolsFindsTheSamePixelsInside(CocoVectors.Vector vector) {
        List<List<Integer>> recorded = new ArrayList<>();
        vector.expected()
                .get("polygons")
                .forEach(polygon -> recorded.add(StreamSupport.stream(polygon.spliterator(), false)
                        .map(number -> number.intValue())
                        .toList()));
        assertThat(lists(MaskPolygons.of(vector.mask(), vector.classId()))).isEqualTo(recorded);
        assertThat(vector.expected().get("polygon_counts"))
                .isEqualTo(vector.expected().get("counts"));
    }

    @Property(tries = 300)
    void javaFindsTheSamePixelsInside(
            @ForAll @IntRange(min = 1, max = 14) int width,
            @ForAll @IntRange(min = 1, max = 14) int height,
            @ForAll @IntRange(min = 2, max = 5) int classes,
            @ForAll long seed) {
        Random random = new Random(seed);
        char[] labels = new char[width * height];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = (char) Math.max(0, random.nextInt(classes) - classes + 2);
        }
        Mask mask = new Mask(width, height, labels);
        for (int id = 0; id < 2; id++) {
            List<Polygon> polygons = MaskPolygons.of(mask, id).stream()
                    .map(MaskPolygonsTest::awt)
                    .toList();
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    double centreX = x + 0.5;
                    double centreY = y + 0.5;
                    assertThat(polygons.stream()
                                    .filter(polygon -> polygon.contains(centreX, centreY))
                                    .count())
                            .as("polygons over (%d, %d)", x, y)
                            .isEqualTo(mask.at(x, y) == id ? 1 : 0);
                }
            }
        }
    }

    @Test
    void anOutlineHasCornersOnlyAndRunsClockwise() {
        Mask mask = new Mask(4, 3, new char[] {0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0});
        assertThat(lists(MaskPolygons.of(mask, 1))).containsExactly(List.of(1, 0, 3, 0, 3, 2, 1, 2));
    }

    @Test
    void aHoleIsJoinedByACut() {
        Mask mask = new Mask(3, 3, new char[] {1, 1, 1, 1, 0, 1, 1, 1, 1});
        assertThat(lists(MaskPolygons.of(mask, 1)))
                .containsExactly(List.of(0, 0, 1, 0, 1, 2, 2, 2, 2, 1, 1, 1, 1, 0, 3, 0, 3, 3, 0, 3));
    }

    @Test
    void pixelsThatTouchAtACornerAreTwoPolygonsAndNoPixelIsNone() {
        Mask mask = new Mask(2, 2, new char[] {1, 0, 0, 1});
        assertThat(MaskPolygons.of(mask, 1)).hasSize(2);
        assertThat(MaskPolygons.of(mask, 7)).isEmpty();
    }

    private static List<List<Integer>> lists(List<int[]> polygons) {
        return polygons.stream()
                .map(polygon -> java.util.Arrays.stream(polygon).boxed().toList())
                .toList();
    }

    private static Polygon awt(int[] corners) {
        Polygon polygon = new Polygon();
        for (int i = 0; i < corners.length; i += 2) {
            polygon.addPoint(corners[i], corners[i + 1]);
        }
        return polygon;
    }
}
