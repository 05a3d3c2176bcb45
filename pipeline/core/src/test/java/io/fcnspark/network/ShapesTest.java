package io.fcnspark.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fcnspark.network.Layer.Add;
import io.fcnspark.network.Layer.Crop;
import io.fcnspark.network.Layer.Input;
import io.fcnspark.network.Layer.MaxPool;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ShapesTest {
    private static Map<String, Shape> shapes(Variant variant, Geometry geometry, int height, int width) {
        return Shapes.infer(Fcn.of(variant, Backbone.vgg16(), 21, geometry).layers(), height, width);
    }

    @ParameterizedTest
    @EnumSource
    void scoresHaveTheSizeOfTheImage(Variant variant) {
        for (Geometry geometry : Geometry.values()) {
            List<Layer> layers = Fcn.of(variant, Backbone.vgg16(), 21, geometry).layers();
            for (int size = 1; size <= 700; size++) {
                assertThat(Shapes.infer(layers, size, 701 - size).get(Fcn.SCORE))
                        .isEqualTo(new Shape(21, size, 701 - size));
            }
        }
    }

    /** Every crop has room: what it takes from ends within what there is, for heights and widths that have nothing in common. */
    @Property(tries = 300)
    void scoresOfAnyImageHaveItsSize(
            @ForAll Variant variant,
            @ForAll Geometry geometry,
            @ForAll @IntRange(min = 1, max = 20_000) int height,
            @ForAll @IntRange(min = 1, max = 20_000) int width) {
        assertThat(shapes(variant, geometry, height, width).get(Fcn.SCORE)).isEqualTo(new Shape(21, height, width));
    }

    /** Worked by hand: 500 + 200 - 2 = 698, halved and rounded up five times, less 6. */
    @Test
    void caffeShapesWorkedByHand() {
        Map<String, Shape> shapes = shapes(Variant.FCN_8S, Geometry.CAFFE, 375, 500);
        assertThat(shapes)
                .containsEntry("conv1_1", new Shape(64, 573, 698))
                .containsEntry("pool1", new Shape(64, 287, 349))
                .containsEntry("pool2", new Shape(128, 144, 175))
                .containsEntry("pool3", new Shape(256, 72, 88))
                .containsEntry("pool4", new Shape(512, 36, 44))
                .containsEntry("pool5", new Shape(512, 18, 22))
                .containsEntry("fc6", new Shape(4096, 12, 16))
                .containsEntry("score_fr", new Shape(21, 12, 16))
                .containsEntry("upscore2", new Shape(21, 26, 34))
                .containsEntry("score_pool4c", new Shape(21, 26, 34))
                .containsEntry("upscore_pool4", new Shape(21, 54, 70))
                .containsEntry("upscore8", new Shape(21, 440, 568))
                .containsEntry("score", new Shape(21, 375, 500));
    }

    @Test
    void sameShapesWorkedByHand() {
        Map<String, Shape> shapes = shapes(Variant.FCN_8S, Geometry.SAME, 375, 500);
        assertThat(shapes)
                .containsEntry("data_pad", new Shape(3, 384, 512))
                .containsEntry("conv1_2", new Shape(64, 384, 512))
                .containsEntry("pool3", new Shape(256, 48, 64))
                .containsEntry("fc7", new Shape(4096, 12, 16))
                .containsEntry("upscore2", new Shape(21, 24, 32))
                .containsEntry("upscore8", new Shape(21, 384, 512))
                .containsEntry("score", new Shape(21, 375, 500));
    }

    @Test
    void geometrySaysWhatPaddedSizeIs() {
        assertThat(Geometry.SAME.paddedSize(1)).isEqualTo(32);
        assertThat(Geometry.SAME.paddedSize(32)).isEqualTo(32);
        assertThat(Geometry.SAME.paddedSize(33)).isEqualTo(64);
        assertThat(Geometry.CAFFE.paddedSize(33)).isEqualTo(33);
    }

    /** Every window begins inside, none is left out: the count is that of the multiples of the stride below size - k + s. */
    @Property
    void poolsRoundUp(@ForAll @IntRange(min = 1, max = 100) int size, @ForAll @IntRange(min = 2, max = 3) int kernel) {
        List<Layer> layers = List.of(new Input("data", 1), new MaxPool("pool", "data", kernel, 2));
        int windows = 1;
        while ((windows - 1) * 2 + kernel < size) {
            windows++;
        }
        assertThat(Shapes.infer(layers, size, 1).get("pool")).isEqualTo(new Shape(1, windows, 1));
    }

    @Test
    void whatDoesNotFitIsNamed() {
        List<Layer> crop =
                List.of(new Input("data", 3), new MaxPool("pool", "data", 2, 2), new Crop("cut", "pool", "data", 1));
        assertThatThrownBy(() -> Shapes.infer(crop, 4, 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(
                        "cut: a window of 4x4 pixels (width x height) at offset 1 does not fit into pool of shape 3x2x2");
        List<Layer> add =
                List.of(new Input("data", 3), new MaxPool("pool", "data", 2, 2), new Add("sum", "pool", "data"));
        assertThatThrownBy(() -> Shapes.infer(add, 4, 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("sum: shapes 3x2x2 and 3x4x4 differ");
        assertThatThrownBy(() -> Shapes.infer(add, 0, 4)).isInstanceOf(IllegalArgumentException.class);
    }
}
