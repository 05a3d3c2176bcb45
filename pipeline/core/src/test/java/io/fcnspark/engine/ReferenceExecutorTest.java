package io.fcnspark.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fcnspark.network.Layer;
import io.fcnspark.network.Layer.Activation;
import io.fcnspark.network.Layer.Add;
import io.fcnspark.network.Layer.Convolution;
import io.fcnspark.network.Layer.Crop;
import io.fcnspark.network.Layer.Input;
import io.fcnspark.network.Layer.MaxPool;
import io.fcnspark.network.Layer.PadToMultiple;
import io.fcnspark.network.Layer.Scale;
import io.fcnspark.network.Layer.TransposedConvolution;
import io.fcnspark.network.Shape;
import io.fcnspark.weights.Tensor;
import io.fcnspark.weights.Weights;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Holds the reference to ONNX's reference implementation, whose results {@code reference_vectors.py} has written down, and,
 * where an operation only moves values, to values worked by hand.
 */
class ReferenceExecutorTest {
    static List<Arguments> cases() {
        return List.of(
                convolution("convolution 3x3, padding 1", new Shape(2, 5, 4), 1, 3, 3, 1),
                convolution("convolution 7x7, no padding", new Shape(2, 8, 9), 1, 2, 7, 0),
                convolution("convolution 3x3, padding 4", new Shape(1, 2, 3), 4, 2, 3, 4),
                Arguments.of("pooling of odd sizes", new Shape(2, 5, 7), 1, new MaxPool("y", "data", 2, 2), List.of()),
                Arguments.of("pooling of even sizes", new Shape(1, 4, 6), 2, new MaxPool("y", "data", 2, 2), List.of()),
                Arguments.of(
                        "transposed convolution, full",
                        new Shape(2, 3, 2),
                        1,
                        new TransposedConvolution("y", "data", 2, 3, 4, 2, 0),
                        List.of(tensor(2, 2, 3, 4, 4))),
                Arguments.of(
                        "transposed convolution, padding 4",
                        new Shape(2, 2, 3),
                        1,
                        new TransposedConvolution("y", "data", 2, 1, 16, 8, 4),
                        List.of(tensor(2, 2, 1, 16, 16))));
    }

    private static Arguments convolution(String name, Shape in, int seed, int channels, int kernel, int padding) {
        return Arguments.of(
                name,
                in,
                seed,
                new Convolution("y", "data", in.channels(), channels, kernel, padding, Activation.NONE),
                List.of(tensor(seed + 1, channels, in.channels(), kernel, kernel), tensor(seed + 2, channels)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void agreesWithOnnx(String name, Shape in, int seed, Layer layer, List<Tensor> parameters) throws IOException {
        JsonNode expected = vector(name);
        Values data = Values.zeros(in);
        fill(data.values(), seed);
        Values actual = run(layer, data, parameters);
        assertThat(List.of(
                        actual.shape().channels(),
                        actual.shape().height(),
                        actual.shape().width()))
                .isEqualTo(ints(expected.get("shape")));
        for (int i = 0; i < actual.values().length; i++) {
            assertThat(actual.values()[i])
                    .isCloseTo(expected.get("values").get(i).asDouble(), within(1e-5));
        }
        assertThat(expected.get("values")).hasSameSizeAs(actual.values());
    }

    @Test
    void whatOnlyMovesValuesAsWorkedByHand() {
        Values data = new Values(new Shape(1, 2, 3), new double[] {1, -2, 3, 4, 5, 6});
        assertThat(run(new PadToMultiple("y", "data", 4), data, List.of()).values())
                .containsExactly(1, -2, 3, 0, 4, 5, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        assertThat(run(new Scale("y", "data", 0.5), data, List.of()).values()).containsExactly(0.5, -1, 1.5, 2, 2.5, 3);
        assertThat(run(new Add("y", "data", "data"), data, List.of()).values()).containsExactly(2, -4, 6, 8, 10, 12);
        Convolution relu = new Convolution("y", "data", 1, 1, 1, 0, Activation.RELU);
        assertThat(run(
                                relu,
                                data,
                                List.of(
                                        Tensor.of(List.of(1, 1, 1, 1), new float[] {2}),
                                        Tensor.of(List.of(1), new float[] {-3})))
                        .values())
                .containsExactly(0, 0, 3, 5, 7, 9);
    }

    @Test
    void cropTakesTheWindowAtItsOffset() {
        List<Layer> layers = List.of(
                new Input("data", 1), new PadToMultiple("padded", "data", 4), new Crop("y", "padded", "data", 1));
        Values data = new Values(new Shape(1, 2, 3), new double[] {1, 2, 3, 4, 5, 6});
        Values cropped =
                new ReferenceExecutor(layers, new Weights(Map.of())).run(data).get("y");
        assertThat(cropped.shape()).isEqualTo(data.shape());
        assertThat(cropped.values()).containsExactly(5, 6, 0, 0, 0, 0);
    }

    private static Values run(Layer layer, Values data, List<Tensor> parameters) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (int i = 0; i < parameters.size(); i++) {
            tensors.put(layer.name() + (i == 0 ? ".weight" : ".bias"), parameters.get(i));
        }
        List<Layer> layers = List.of(new Input("data", data.shape().channels()), layer);
        return new ReferenceExecutor(layers, new Weights(tensors)).run(data).get(layer.name());
    }

    private static Tensor tensor(int seed, Integer... shape) {
        double[] values =
                new double[List.of(shape).stream().mapToInt(Integer::intValue).reduce(1, Math::multiplyExact)];
        fill(values, seed);
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return Tensor.of(List.of(shape), floats);
    }

    /** The formula of {@code reference_vectors.py}. */
    private static void fill(double[] values, int seed) {
        for (int i = 0; i < values.length; i++) {
            values[i] = ((i * 37 + seed * 11) % 23 - 11) / 8.0;
        }
    }

    private static JsonNode vector(String name) throws IOException {
        try (InputStream in = ReferenceExecutorTest.class.getResourceAsStream("reference_vectors.json")) {
            for (JsonNode vector : new ObjectMapper().readTree(in)) {
                if (vector.get("name").asText().equals(name)) {
                    return vector;
                }
            }
        }
        throw new IllegalArgumentException("no vector named " + name);
    }

    private static List<Integer> ints(JsonNode array) {
        return List.of(array.get(0).asInt(), array.get(1).asInt(), array.get(2).asInt());
    }
}
