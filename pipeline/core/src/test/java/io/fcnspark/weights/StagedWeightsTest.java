package io.fcnspark.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fcnspark.image.Preprocessing;
import io.fcnspark.labels.ClassSet;
import io.fcnspark.labels.LabelClass;
import io.fcnspark.network.Backbone;
import io.fcnspark.network.Fcn;
import io.fcnspark.network.Geometry;
import io.fcnspark.network.Variant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StagedWeightsTest {
    private static final Backbone SLIM = Backbone.vgg16(1 / 64.0);
    private static final ClassSet CLASSES = classes("sky", "road", "car");

    private static ClassSet classes(String... names) {
        List<LabelClass> classes = java.util.stream.IntStream.range(0, names.length)
                .mapToObj(i -> new LabelClass(i, names[i], 0x101010 * i))
                .toList();
        return new ClassSet("street", classes, 255);
    }

    private static Model model(Variant variant, Backbone backbone, ClassSet classes) {
        Fcn network = Fcn.of(variant, backbone, classes.size(), Geometry.SAME);
        return new Model(
                new ModelDescription(
                        "before", network.architecture(), classes, Preprocessing.TORCH, "0".repeat(64), Map.of()),
                RandomWeights.of(network, 1, RandomWeights.ScoreLayers.HE_NORMAL));
    }

    @Test
    void sharedLayersAreThoseOfTheStageBeforeAndNewScoresAreZero() {
        Model coarse = model(Variant.FCN_32S, SLIM, CLASSES);
        Fcn fine = Fcn.of(Variant.FCN_16S, SLIM, 3, Geometry.SAME);
        Weights weights = StagedWeights.of(coarse, fine, CLASSES);
        weights.requireFit(fine, Quantisation.NONE);
        assertThat(weights.tensor("fc6.weight")).isSameAs(coarse.weights().tensor("fc6.weight"));
        assertThat(weights.tensor("score_fr.weight")).isSameAs(coarse.weights().tensor("score_fr.weight"));
        assertThat(values(weights.tensor("score_pool4.weight"))).containsOnly(0);
        assertThat(values(weights.tensor("score_pool4.bias"))).containsOnly(0);
        assertThat(values(weights.tensor("upscore2.weight"))).isEqualTo(values(BilinearKernel.diagonal(3, 4)));
    }

    @Test
    void ofOtherClassesOnlyWhatDoesNotDependOnThemIsTaken() {
        Model other = model(Variant.FCN_8S, SLIM, classes("cat", "dog", "bird"));
        Fcn network = Fcn.of(Variant.FCN_8S, SLIM, 3, Geometry.SAME);
        Weights weights = StagedWeights.of(other, network, CLASSES);
        weights.requireFit(network, Quantisation.NONE);
        assertThat(weights.tensor("conv5_3.bias")).isSameAs(other.weights().tensor("conv5_3.bias"));
        assertThat(values(weights.tensor("score_fr.weight"))).containsOnly(0);
    }

    @Test
    void namesWhatDoesNotFit() {
        Model narrow = model(Variant.FCN_32S, Backbone.vgg16(1 / 32.0), CLASSES);
        assertThatThrownBy(() -> StagedWeights.of(narrow, Fcn.of(Variant.FCN_16S, SLIM, 3, Geometry.SAME), CLASSES))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("conv1_1.weight is of shape [2, 3, 3, 3], expected shape [1, 3, 3, 3]");
    }

    private static float[] values(Tensor tensor) {
        float[] values = new float[(int) tensor.size()];
        tensor.floats().get(values);
        return values;
    }
}
