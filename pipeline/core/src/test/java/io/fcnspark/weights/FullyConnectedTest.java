package io.fcnspark.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fcnspark.weights.FullyConnected.FlattenOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

final class FullyConnectedTest {
    private static float[] random(int count, long seed) {
        Random random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /** The layer itself computes what its convolution computes at the only place where the kernel fits. */
    @Property(tries = 100)
    void convolutionComputesTheSame(
            @ForAll FlattenOrder order,
            @ForAll @IntRange(min = 1, max = 40) int outputs,
            @ForAll @IntRange(min = 1, max = 6) int channels,
            @ForAll @IntRange(min = 1, max = 7) int height,
            @ForAll @IntRange(min = 1, max = 7) int width,
            @ForAll long seed) {
        int inputs = channels * height * width;
        float[] weights = random(outputs * inputs, seed);
        float[] features = random(inputs, seed + 1); // channels, rows, columns
        List<Integer> shape = order == FlattenOrder.CHW ? List.of(outputs, inputs) : List.of(inputs, outputs);

        Tensor converted = FullyConnected.toConvolution(Tensor.of(shape, weights), order, channels, height, width);

        assertThat(converted.shape()).containsExactly(outputs, channels, height, width);
        for (int o = 0; o < outputs; o++) {
            double expected = 0;
            for (int i = 0; i < inputs; i++) {
                expected += order == FlattenOrder.CHW
                        ? weights[o * inputs + i] * features[i]
                        : weights[i * outputs + o] * flattenedByPixel(features, i, channels, height * width);
            }
            assertThat(convolved(converted.floats(), features, o, channels, height, width))
                    .isCloseTo(expected, within(1e-9));
        }
    }

    private static float flattenedByPixel(float[] features, int index, int channels, int pixels) {
        return features[index % channels * pixels + index / channels];
    }

    private static double convolved(
            FloatBuffer kernel, float[] features, int output, int channels, int height, int width) {
        double sum = 0;
        for (int c = 0; c < channels; c++) {
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    sum += kernel.get(((output * channels + c) * height + y) * width + x)
                            * features[(c * height + y) * width + x];
                }
            }
        }
        return sum;
    }

    @Test
    void orderThatStaysIsNotCopied() {
        Tensor weights = Tensor.of(List.of(2, 12), random(24, 7));
        Tensor converted = FullyConnected.toConvolution(weights, FlattenOrder.CHW, 3, 2, 2);
        assertThat(converted.bytes()).isEqualTo(weights.bytes());
    }

    @Test
    void anotherShapeIsAnErrorThatNamesBoth() {
        Tensor weights = Tensor.of(List.of(2, 12), new float[24]);
        assertThatThrownBy(() -> FullyConnected.toConvolution(weights, FlattenOrder.HWC, 3, 2, 2))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("3x2x2")
                .hasMessageContaining("[2, 12], not [12, outputs]");
        assertThatThrownBy(() -> FullyConnected.toConvolution(weights, FlattenOrder.CHW, 512, 7, 7))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("[outputs, 25088]");
    }
}
