package io.fcnspark.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fcnspark.engine.Segmentation.ClassStatistics;
import io.fcnspark.engine.TinyModels.Upsampling;
import io.fcnspark.image.ImageException;
import io.fcnspark.image.Region;
import io.fcnspark.image.RgbImage;
import io.fcnspark.image.Tile;
import io.fcnspark.image.Tiling;
import io.fcnspark.labels.Mask;
import io.fcnspark.labels.MaskPng;
import io.fcnspark.network.Fcn;
import io.fcnspark.network.Geometry;
import io.fcnspark.network.ReceptiveField;
import io.fcnspark.network.Variant;
import io.fcnspark.weights.Model;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TiledSegmentationTest {
    /** Half of the receptive field of the score, rounded up to the stride: beyond it nothing reaches a pixel. */
    private static final int WHOLE_FIELD = 256;

    private static final int STRIDE = 32;

    static Stream<Arguments> networks() {
        return Stream.concat(
                Stream.of(Variant.values()).flatMap(variant -> Stream.of(Geometry.values())
                        .map(geometry -> Arguments.of(variant, geometry, Upsampling.BILINEAR))),
                Stream.of(Geometry.values()).map(geometry -> Arguments.of(Variant.FCN_8S, geometry, Upsampling.DENSE)));
    }

    /** No multiple of the stride in either direction, and wider and higher than a tile. */
    @ParameterizedTest
    @MethodSource("networks")
    void tilesThatSeeAllThatAPixelSeesGiveItsLabel(Variant variant, Geometry geometry, Upsampling upsampling) {
        Model model = TinyModels.model(variant, geometry, upsampling);
        int field = ReceptiveField.of(model.description().network().layers())
                .get(Fcn.SCORE)
                .size();
        assertThat((field + 1) / 2).isLessThanOrEqualTo(WHOLE_FIELD);
        RgbImage image = TinyModels.image(1211, 1130, 5);
        List<Tile> tiles = new Tiling(16L * WHOLE_FIELD * WHOLE_FIELD, STRIDE, WHOLE_FIELD).tiles(1211, 1130);
        assertThat(tiles).hasSize(4);
        try (Segmenter segmenter = load(model)) {
            Segmentation whole = segmenter.segment(List.of(image)).get(0);
            for (Tile tile : tiles) {
                Segmentation part = segmenter.segment(image, tile, PhaseListener.NONE);
                assertThat(part.mask())
                        .as(tile.toString())
                        .isEqualTo(whole.mask().crop(tile.core()));
            }
        }
    }

    /** What a tile does not see changes no label that is half a receptive field away. */
    @Test
    void smallerBordersDifferNearThemselvesOnly() {
        Model model = TinyModels.model(Variant.FCN_8S, Geometry.SAME, Upsampling.BILINEAR);
        RgbImage image = TinyModels.image(1500, 600, 6);
        List<Tile> tiles = new Tiling(640 * 640, STRIDE, 0).tiles(1500, 600);
        try (Segmenter segmenter = load(model)) {
            Mask whole = segmenter.segment(List.of(image)).get(0).mask();
            long differing = 0;
            for (Tile tile : tiles) {
                Mask part = segmenter.segment(image, tile, PhaseListener.NONE).mask();
                Region core = tile.core();
                for (int y = 0; y < part.height(); y++) {
                    for (int x = 0; x < part.width(); x++) {
                        boolean equal = part.at(x, y) == whole.at(core.left() + x, core.top() + y);
                        differing += equal ? 0 : 1;
                        boolean far = farFromEdge(x + core.left(), tile, image.width());
                        assertThat(equal || !far)
                                .as("column %d, row %d of %s", x, y, tile)
                                .isTrue();
                    }
                }
            }
            assertThat(differing).isPositive();
        }
    }

    private static boolean farFromEdge(int column, Tile tile, int width) {
        int end = tile.input().left() + tile.input().width();
        return (tile.input().left() == 0 || column - tile.input().left() >= WHOLE_FIELD)
                && (end == width || end - column > WHOLE_FIELD);
    }

    @Test
    void aMosaicSaysOfItsPartsWhatIsSaidOfTheWhole() throws ImageException {
        Model model = TinyModels.model(Variant.FCN_16S, Geometry.SAME, Upsampling.BILINEAR);
        RgbImage image = TinyModels.image(97, 75, 7);
        try (Segmenter segmenter = load(model)) {
            Segmentation whole = segmenter.segment(List.of(image)).get(0);
            EncodedSegmentation expected = EncodedSegmentation.of(whole, TinyModels.CLASSES, ConfidenceMap.WRITE);
            for (int classes : List.of(TinyModels.CLASSES, 300)) {
                Mosaic mosaic = new Mosaic(97, 75, classes, ConfidenceMap.WRITE);
                for (Region core :
                        List.of(new Region(0, 0, 40, 75), new Region(40, 0, 57, 30), new Region(40, 30, 57, 45))) {
                    mosaic.add(core, segmenter.segment(image, new Tile(Region.of(97, 75), core), PhaseListener.NONE));
                }
                EncodedSegmentation put = mosaic.encode();

                assertThat(MaskPng.decode(put.mask())).isEqualTo(whole.mask());
                assertThat(put.confidence().orElseThrow())
                        .isEqualTo(expected.confidence().orElseThrow());
                assertThat(put.meanConfidence()).isCloseTo(whole.meanConfidence(), Offset.offset(1e-6f));
                assertThat(put.meanEntropy()).isCloseTo(whole.meanEntropy(), Offset.offset(1e-6f));
                assertThat(put.classes()).hasSameSizeAs(whole.classes());
                for (int i = 0; i < put.classes().size(); i++) {
                    ClassStatistics statistics = put.classes().get(i);
                    assertThat(statistics.id()).isEqualTo(whole.classes().get(i).id());
                    assertThat(statistics.pixels())
                            .isEqualTo(whole.classes().get(i).pixels());
                    assertThat(statistics.meanConfidence())
                            .isCloseTo(whole.classes().get(i).meanConfidence(), Offset.offset(1e-6f));
                }
            }
        }
    }

    @Test
    void aMosaicWithHolesIsNoResult() {
        Mosaic mosaic = new Mosaic(10, 10, 3, ConfidenceMap.OMIT);
        assertThatThrownBy(mosaic::encode)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("0 of 10x10 pixels are there");
    }

    private static Segmenter load(Model model) {
        return Segmenter.load(model, Engines.installed().named("onnxruntime"), Device.CPU, Precision.FP32, 1);
    }
}
