package io.fcnspark.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fcnspark.network.Backbone;
import io.fcnspark.network.Fcn;
import io.fcnspark.network.Geometry;
import io.fcnspark.network.Variant;
import io.fcnspark.weights.RandomWeights.ScoreLayers;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class RandomWeightsTest {
    private static Fcn network(Variant variant, double width) {
        return Fcn.of(variant, Backbone.vgg16(width), 5, Geometry.SAME);
    }

    @ParameterizedTest
    @EnumSource
    void everyTensorOfTheNetworkIsThere(Variant variant) {
        Fcn network = network(variant, 1.0 / 32);
        RandomWeights.of(network, 1, ScoreLayers.HE_NORMAL).requireFit(network, Quantisation.NONE);
    }

    @Test
    void convolutionsHaveTheVarianceOfHe() {
        Weights weights = RandomWeights.of(network(Variant.FCN_8S, 1.0 / 8), 3, ScoreLayers.HE_NORMAL);
        FloatBuffer fc6 = weights.tensor("fc6.weight").floats(); // 512 x 64 x 7 x 7
        int count = fc6.remaining();
        double sum = 0;
        double squares = 0;
        while (fc6.hasRemaining()) {
            double value = fc6.get();
            sum += value;
            squares += value * value;
        }
        double variance = 2.0 / (64 * 49);
        assertThat(sum / count).isCloseTo(0, within(5 * Math.sqrt(variance / count)));
        assertThat(squares / count).isCloseTo(variance, within(5 * variance * Math.sqrt(2.0 / count)));
        assertThat(weights.tensor("fc6.bias")).isEqualTo(zeros(weights.tensor("fc6.bias")));
        assertThat(weights.tensor("score_pool3.weight")).isNotEqualTo(zeros(weights.tensor("score_pool3.weight")));
    }

    @Test
    void scoreLayersMayBeginAtZero() {
        Weights weights = RandomWeights.of(network(Variant.FCN_8S, 1.0 / 32), 3, ScoreLayers.ZERO);
        for (String name : new String[] {"score_fr.weight", "score_pool4.weight", "score_pool3.weight"}) {
            assertThat(weights.tensor(name)).isEqualTo(zeros(weights.tensor(name)));
        }
        assertThat(weights.tensor("fc7.weight")).isNotEqualTo(zeros(weights.tensor("fc7.weight")));
    }

    private static Tensor zeros(Tensor tensor) {
        return Tensor.of(tensor.shape(), new float[(int) tensor.size()]);
    }

    @Test
    void upsamplingIsBilinear() {
        Weights weights = RandomWeights.of(network(Variant.FCN_16S, 1.0 / 32), 3, ScoreLayers.ZERO);
        assertThat(weights.tensor("upscore2.weight")).isEqualTo(BilinearKernel.diagonal(5, 4));
        assertThat(weights.tensor("upscore16.weight")).isEqualTo(BilinearKernel.diagonal(5, 32));
    }

    @Test
    void aTensorDependsOnSeedAndNameOnly() {
        Weights fcn8s = RandomWeights.of(network(Variant.FCN_8S, 1.0 / 32), 3, ScoreLayers.HE_NORMAL);
        Weights fcn32s = RandomWeights.of(network(Variant.FCN_32S, 1.0 / 32), 3, ScoreLayers.HE_NORMAL);
        Weights other = RandomWeights.of(network(Variant.FCN_32S, 1.0 / 32), 4, ScoreLayers.HE_NORMAL);
        assertThat(fcn8s.tensor("conv3_2.weight")).isEqualTo(fcn32s.tensor("conv3_2.weight"));
        assertThat(fcn32s.tensor("conv3_2.weight")).isNotEqualTo(other.tensor("conv3_2.weight"));
        assertThat(fcn32s.tensor("conv3_2.weight")).isNotEqualTo(fcn32s.tensor("conv3_3.weight"));
    }

    /** Two values of the first filter, computed from the published algorithms in another language. */
    @Test
    void theSameNumbersOnEveryMachine() {
        TensorSource first = RandomWeights.sources(network(Variant.FCN_8S, 1), 2015, ScoreLayers.ZERO)
                .get(0);
        assertThat(first.name()).isEqualTo("conv1_1.weight");
        FloatBuffer values = first.make().floats();
        assertThat(values.get(0)).isEqualTo((float) -0.32765197930707624);
        assertThat(values.get(3)).isEqualTo((float) 0.018050436585342357);
    }

    @Test
    void writtenOneByOneTheyAreTheSame(@TempDir Path folder) {
        Fcn network = network(Variant.FCN_8S_AT_ONCE, 1.0 / 32);
        Path file = folder.resolve("w.safetensors");
        Safetensors.write(file, Map.of(), RandomWeights.sources(network, 9, ScoreLayers.HE_NORMAL));
        assertThat(Safetensors.read(file).weights()).isEqualTo(RandomWeights.of(network, 9, ScoreLayers.HE_NORMAL));
    }
}
