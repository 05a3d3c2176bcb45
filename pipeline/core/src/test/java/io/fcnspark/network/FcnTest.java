package io.fcnspark.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fcnspark.network.Layer.Activation;
import io.fcnspark.network.Layer.Add;
import io.fcnspark.network.Layer.Convolution;
import io.fcnspark.network.Layer.Crop;
import io.fcnspark.network.Layer.Dropout;
import io.fcnspark.network.Layer.Input;
import io.fcnspark.network.Layer.MaxPool;
import io.fcnspark.network.Layer.PadToMultiple;
import io.fcnspark.network.Layer.Scale;
import io.fcnspark.network.Layer.TransposedConvolution;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The networks, layer by layer, against tables that were written by hand from the authors' net.py. */
final class FcnTest {
    /** {@code PAD} and {@code FC6} are where the geometries differ. */
    private static final String BACKBONE = """
            conv1_1 conv(PAD) 3->64 k3 pFIRST relu
            conv1_2 conv(conv1_1) 64->64 k3 p1 relu
            pool1 pool(conv1_2) k2 s2
            conv2_1 conv(pool1) 64->128 k3 p1 relu
            conv2_2 conv(conv2_1) 128->128 k3 p1 relu
            pool2 pool(conv2_2) k2 s2
            conv3_1 conv(pool2) 128->256 k3 p1 relu
            conv3_2 conv(conv3_1) 256->256 k3 p1 relu
            conv3_3 conv(conv3_2) 256->256 k3 p1 relu
            pool3 pool(conv3_3) k2 s2
            conv4_1 conv(pool3) 256->512 k3 p1 relu
            conv4_2 conv(conv4_1) 512->512 k3 p1 relu
            conv4_3 conv(conv4_2) 512->512 k3 p1 relu
            pool4 pool(conv4_3) k2 s2
            conv5_1 conv(pool4) 512->512 k3 p1 relu
            conv5_2 conv(conv5_1) 512->512 k3 p1 relu
            conv5_3 conv(conv5_2) 512->512 k3 p1 relu
            pool5 pool(conv5_3) k2 s2
            fc6 conv(pool5) 512->4096 k7 pFC6 relu
            drop6 dropout(fc6) 0.5
            fc7 conv(drop6) 4096->4096 k1 p0 relu
            drop7 dropout(fc7) 0.5
            score_fr conv(drop7) 4096->21 k1 p0
            """;

    private static final String CAFFE = "data input 3\n"
            + BACKBONE.replace("PAD", "data").replace("FIRST", "100").replace("FC6", "0");

    private static final String SAME = "data input 3\ndata_pad pad(data) 32\n"
            + BACKBONE.replace("PAD", "data_pad").replace("FIRST", "1").replace("FC6", "3");

    static Stream<Arguments> tables() {
        return Stream.of(
                Arguments.of(Variant.FCN_32S, Geometry.CAFFE, CAFFE + """
                                upscore deconv(score_fr) 21->21 k64 s32 p0
                                score crop(upscore, data) 19
                                """),
                Arguments.of(Variant.FCN_16S, Geometry.CAFFE, CAFFE + """
                                upscore2 deconv(score_fr) 21->21 k4 s2 p0
                                score_pool4 conv(pool4) 512->21 k1 p0
                                score_pool4c crop(score_pool4, upscore2) 5
                                fuse_pool4 add(upscore2, score_pool4c)
                                upscore16 deconv(fuse_pool4) 21->21 k32 s16 p0
                                score crop(upscore16, data) 27
                                """),
                Arguments.of(Variant.FCN_8S, Geometry.CAFFE, CAFFE + """
                                upscore2 deconv(score_fr) 21->21 k4 s2 p0
                                score_pool4 conv(pool4) 512->21 k1 p0
                                score_pool4c crop(score_pool4, upscore2) 5
                                fuse_pool4 add(upscore2, score_pool4c)
                                upscore_pool4 deconv(fuse_pool4) 21->21 k4 s2 p0
                                score_pool3 conv(pool3) 256->21 k1 p0
                                score_pool3c crop(score_pool3, upscore_pool4) 9
                                fuse_pool3 add(upscore_pool4, score_pool3c)
                                upscore8 deconv(fuse_pool3) 21->21 k16 s8 p0
                                score crop(upscore8, data) 31
                                """),
                Arguments.of(Variant.FCN_8S_AT_ONCE, Geometry.CAFFE, CAFFE + """
                                upscore2 deconv(score_fr) 21->21 k4 s2 p0
                                scale_pool4 scale(pool4) 0.01
                                score_pool4 conv(scale_pool4) 512->21 k1 p0
                                score_pool4c crop(score_pool4, upscore2) 5
                                fuse_pool4 add(upscore2, score_pool4c)
                                upscore_pool4 deconv(fuse_pool4) 21->21 k4 s2 p0
                                scale_pool3 scale(pool3) 1.0E-4
                                score_pool3 conv(scale_pool3) 256->21 k1 p0
                                score_pool3c crop(score_pool3, upscore_pool4) 9
                                fuse_pool3 add(upscore_pool4, score_pool3c)
                                upscore8 deconv(fuse_pool3) 21->21 k16 s8 p0
                                score crop(upscore8, data) 31
                                """),
                Arguments.of(Variant.FCN_32S, Geometry.SAME, SAME + """
                                upscore deconv(score_fr) 21->21 k64 s32 p16
                                score crop(upscore, data) 0
                                """),
                Arguments.of(Variant.FCN_16S, Geometry.SAME, SAME + """
                                upscore2 deconv(score_fr) 21->21 k4 s2 p1
                                score_pool4 conv(pool4) 512->21 k1 p0
                                fuse_pool4 add(upscore2, score_pool4)
                                upscore16 deconv(fuse_pool4) 21->21 k32 s16 p8
                                score crop(upscore16, data) 0
                                """),
                Arguments.of(Variant.FCN_8S, Geometry.SAME, SAME + """
                                upscore2 deconv(score_fr) 21->21 k4 s2 p1
                                score_pool4 conv(pool4) 512->21 k1 p0
                                fuse_pool4 add(upscore2, score_pool4)
                                upscore_pool4 deconv(fuse_pool4) 21->21 k4 s2 p1
                                score_pool3 conv(pool3) 256->21 k1 p0
                                fuse_pool3 add(upscore_pool4, score_pool3)
                                upscore8 deconv(fuse_pool3) 21->21 k16 s8 p4
                                score crop(upscore8, data) 0
                                """),
                Arguments.of(Variant.FCN_8S_AT_ONCE, Geometry.SAME, SAME + """
                                upscore2 deconv(score_fr) 21->21 k4 s2 p1
                                scale_pool4 scale(pool4) 0.01
                                score_pool4 conv(scale_pool4) 512->21 k1 p0
                                fuse_pool4 add(upscore2, score_pool4)
                                upscore_pool4 deconv(fuse_pool4) 21->21 k4 s2 p1
                                scale_pool3 scale(pool3) 1.0E-4
                                score_pool3 conv(scale_pool3) 256->21 k1 p0
                                fuse_pool3 add(upscore_pool4, score_pool3)
                                upscore8 deconv(fuse_pool3) 21->21 k16 s8 p4
                                score crop(upscore8, data) 0
                                """));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("tables")
    void layersAreThoseOfTheAuthors(Variant variant, Geometry geometry, String table) {
        Fcn network = Fcn.of(variant, Backbone.vgg16(), 21, geometry);
        assertThat(network.layers().stream()
                        .map(layer -> layer.accept(new Lines()))
                        .collect(Collectors.joining("\n", "", "\n")))
                .isEqualTo(table);
    }

    private static final class Lines implements Layer.Visitor<String> {
        @Override
        public String input(Input layer) {
            return "%s input %d".formatted(layer.name(), layer.channels());
        }

        @Override
        public String padToMultiple(PadToMultiple layer) {
            return "%s pad(%s) %d".formatted(layer.name(), layer.input(), layer.multiple());
        }

        @Override
        public String convolution(Convolution layer) {
            String activation = layer.activation() == Activation.RELU ? " relu" : "";
            return "%s conv(%s) %d->%d k%d p%d%s"
                    .formatted(
                            layer.name(),
                            layer.input(),
                            layer.inputChannels(),
                            layer.channels(),
                            layer.kernel(),
                            layer.padding(),
                            activation);
        }

        @Override
        public String maxPool(MaxPool layer) {
            return "%s pool(%s) k%d s%d".formatted(layer.name(), layer.input(), layer.kernel(), layer.stride());
        }

        @Override
        public String dropout(Dropout layer) {
            return "%s dropout(%s) %s".formatted(layer.name(), layer.input(), layer.rate());
        }

        @Override
        public String scale(Scale layer) {
            return "%s scale(%s) %s".formatted(layer.name(), layer.input(), layer.factor());
        }

        @Override
        public String transposedConvolution(TransposedConvolution layer) {
            return "%s deconv(%s) %d->%d k%d s%d p%d"
                    .formatted(
                            layer.name(),
                            layer.input(),
                            layer.inputChannels(),
                            layer.channels(),
                            layer.kernel(),
                            layer.stride(),
                            layer.padding());
        }

        @Override
        public String crop(Crop layer) {
            return "%s crop(%s, %s) %d".formatted(layer.name(), layer.input(), layer.like(), layer.offset());
        }

        @Override
        public String add(Add layer) {
            return "%s add(%s, %s)".formatted(layer.name(), layer.left(), layer.right());
        }
    }

    /** VGG16's convolutions 14 714 688, fc6 102 764 544, fc7 16 781 312, then the scores and the dense upsamplings. */
    @ParameterizedTest
    @CsvSource({
        "fcn32s, 21, 136152917",
        "fcn16s, 21, 134815994",
        "fcn8s, 21, 134489759",
        "fcn8s-atonce, 21, 134489759",
        "fcn8s, 2, 134271430"
    })
    void parametersAreCounted(String variant, int classes, long expected) {
        for (Geometry geometry : Geometry.values()) {
            assertThat(Fcn.of(Variant.of(variant), Backbone.vgg16(), classes, geometry)
                            .parameterCount())
                    .isEqualTo(expected);
        }
    }

    @Test
    void parametersHaveNamesAndShapes() {
        List<Parameter> parameters =
                Fcn.of(Variant.FCN_8S, Backbone.vgg16(), 21, Geometry.SAME).parameters();
        assertThat(parameters).hasSize(2 * 18 + 3);
        assertThat(parameters)
                .contains(
                        new Parameter("conv1_1.weight", List.of(64, 3, 3, 3)),
                        new Parameter("conv1_1.bias", List.of(64)),
                        new Parameter("fc6.weight", List.of(4096, 512, 7, 7)),
                        new Parameter("score_pool3.weight", List.of(21, 256, 1, 1)),
                        new Parameter("upscore_pool4.weight", List.of(21, 21, 4, 4)));
        assertThat(parameters).doesNotHaveDuplicates();
    }

    @Test
    void widthScalesEveryLayerButTheScores() {
        Fcn network = Fcn.of(Variant.FCN_8S, Backbone.vgg16(0.125), 11, Geometry.SAME);
        assertThat(network.parameters())
                .contains(
                        new Parameter("conv1_1.weight", List.of(8, 3, 3, 3)),
                        new Parameter("conv4_1.weight", List.of(64, 32, 3, 3)),
                        new Parameter("fc6.weight", List.of(512, 64, 7, 7)),
                        new Parameter("score_pool4.weight", List.of(11, 64, 1, 1)));
        Fcn narrowest = Fcn.of(Variant.FCN_8S, Backbone.vgg16(1e-9), 11, Geometry.SAME);
        assertThat(narrowest.parameters()).contains(new Parameter("fc7.weight", List.of(1, 1, 1, 1)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("tables")
    void layersReadOnlyWhatStandsBefore(Variant variant, Geometry geometry) {
        Set<String> before = new HashSet<>();
        for (Layer layer : Fcn.of(variant, Backbone.vgg16(), 21, geometry).layers()) {
            assertThat(before).containsAll(layer.inputs());
            assertThat(before.add(layer.name())).as(layer.name()).isTrue();
        }
    }

    @Test
    void layersUpToOneAreThoseItNeeds() {
        Fcn network = Fcn.of(Variant.FCN_16S, Backbone.vgg16(), 21, Geometry.CAFFE);
        assertThat(network.layersUpTo("pool1"))
                .extracting(Layer::name)
                .containsExactly("data", "conv1_1", "conv1_2", "pool1");
        // Needs pool4 alone of the pools' branch, and upscore2 only for its size.
        assertThat(network.layersUpTo("score_pool4"))
                .extracting(Layer::name)
                .contains("pool4")
                .doesNotContain("conv5_1");
        assertThat(network.layersUpTo("score_pool4c")).extracting(Layer::name).contains("upscore2");
        assertThat(network.layersUpTo(Fcn.SCORE)).isEqualTo(network.layers());
        assertThatThrownBy(() -> network.layersUpTo("fc8")).hasMessageContaining("fcn16s has no layer 'fc8'");
    }

    @Test
    void lastLayersAreFound() {
        Fcn network = Fcn.of(Variant.FCN_8S, Backbone.vgg16(), 21, Geometry.CAFFE);
        assertThat(network.finalUpsampling().name()).isEqualTo("upscore8");
        assertThat(network.finalCrop()).isEqualTo(new Crop("score", "upscore8", "data", 31));
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThatThrownBy(() -> Fcn.of(Variant.FCN_8S, Backbone.vgg16(), 1, Geometry.SAME))
                .hasMessageContaining("numClasses is 1");
        assertThatThrownBy(() -> Backbone.vgg16(0)).hasMessageContaining("width is 0.0");
        assertThatThrownBy(() -> Backbone.vgg16(Double.NaN)).hasMessageContaining("width is NaN");
        assertThatThrownBy(() -> Variant.of("fcn4s")).hasMessageContaining("fcn32s, fcn16s, fcn8s, fcn8s-atonce");
        assertThatThrownBy(() -> Geometry.of("valid")).hasMessageContaining("same, caffe");
        for (Variant variant : Variant.values()) {
            assertThat(Variant.of(variant.id())).isEqualTo(variant);
        }
        for (Geometry geometry : Geometry.values()) {
            assertThat(Geometry.of(geometry.id())).isEqualTo(geometry);
        }
    }
}
