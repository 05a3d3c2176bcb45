package io.fcnspark.engine.onnxruntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import io.fcnspark.engine.Device;
import io.fcnspark.engine.FeatureMaps;
import io.fcnspark.engine.NetworkRunner;
import io.fcnspark.engine.Precision;
import io.fcnspark.engine.RunnerOptions;
import io.fcnspark.network.Backbone;
import io.fcnspark.network.Fcn;
import io.fcnspark.network.Geometry;
import io.fcnspark.network.Parameter;
import io.fcnspark.network.Variant;
import io.fcnspark.weights.DataType;
import io.fcnspark.weights.ModelException;
import io.fcnspark.weights.Tensor;
import io.fcnspark.weights.Weights;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OnnxExportTest {
    private static final int HEIGHT = 45;
    private static final int WIDTH = 38;

    /** The file alone gives what the engine gives, at a size that the geometry 'same' has to pad inside the graph. */
    @ParameterizedTest
    @EnumSource(Geometry.class)
    void theFileGivesTheEnginesScores(Geometry geometry) throws Exception {
        Fcn network = Fcn.of(Variant.FCN_8S_AT_ONCE, Backbone.vgg16(1 / 32.0), 4, geometry);
        Weights weights = weights(network, DataType.F32);
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        OnnxExport.write(network, weights, file);

        FeatureMaps data = FeatureMaps.allocate(1, 3, HEIGHT, WIDTH);
        SplittableRandom random = new SplittableRandom(1);
        FloatBuffer values = data.values();
        while (values.hasRemaining()) {
            values.put((float) random.nextDouble());
        }
        FeatureMaps scores = FeatureMaps.allocate(1, 4, HEIGHT, WIDTH);
        try (NetworkRunner runner = new OnnxRuntimeProvider()
                .load(network, weights, new RunnerOptions(Fcn.SCORE, Device.CPU, Precision.FP32, 1))) {
            runner.run(data, scores);
        }
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(file.toByteArray());
                OnnxTensor input =
                        OnnxTensor.createTensor(environment, data.values(), new long[] {1, 3, HEIGHT, WIDTH});
                OrtSession.Result result = session.run(Map.of("data", input))) {
            OnnxTensor score = (OnnxTensor) result.get(Fcn.SCORE).orElseThrow();
            assertThat(score.getInfo().getShape()).containsExactly(1, 4, HEIGHT, WIDTH);
            FloatBuffer expected = scores.values();
            FloatBuffer actual = score.getFloatBuffer();
            float largest = 0;
            float difference = 0;
            while (expected.hasRemaining()) {
                float value = expected.get();
                largest = Math.max(largest, Math.abs(value));
                difference = Math.max(difference, Math.abs(value - actual.get()));
            }
            assertThat(difference).isLessThan(1e-5f * largest);
        }
    }

    @Test
    void otherNumberFormatsAreWrittenAsFp32() throws Exception {
        Fcn network = Fcn.of(Variant.FCN_32S, Backbone.vgg16(1 / 64.0), 2, Geometry.SAME);
        Weights half = weights(network, DataType.BF16);
        Map<String, Tensor> converted = new LinkedHashMap<>();
        half.tensors().forEach((name, tensor) -> {
            float[] values = new float[Math.toIntExact(tensor.size())];
            tensor.floats().get(values);
            converted.put(name, Tensor.of(tensor.shape(), values));
        });
        ByteArrayOutputStream fromHalf = new ByteArrayOutputStream();
        OnnxExport.write(network, half, fromHalf);
        ByteArrayOutputStream fromFloats = new ByteArrayOutputStream();
        OnnxExport.write(network, new Weights(converted), fromFloats);
        assertThat(fromHalf.toByteArray()).isEqualTo(fromFloats.toByteArray());
    }

    @Test
    void aNetworkBeyondTheFormatsLimitIsRefused() {
        Fcn network = Fcn.of(Variant.FCN_8S, Backbone.vgg16(4), 21, Geometry.SAME);
        Weights none = new Weights(Map.of());
        assertThatThrownBy(() -> OnnxExport.write(network, none, OutputStream.nullOutputStream()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("2 GiB")
                .hasMessageContaining("safetensors");
    }

    private static Weights weights(Fcn network, DataType type) {
        SplittableRandom random = new SplittableRandom(3);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Parameter parameter : network.parameters()) {
            double deviation = Math.sqrt(6.0 * parameter.shape().get(0) / parameter.size());
            ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(parameter.size() * type.bytes()))
                    .order(ByteOrder.LITTLE_ENDIAN);
            for (long i = 0; i < parameter.size(); i++) {
                float value = (float) ((random.nextDouble() - 0.5) * 2 * deviation);
                if (type == DataType.F32) {
                    bytes.putFloat(value);
                } else {
                    bytes.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
                }
            }
            tensors.put(parameter.name(), new Tensor(type, List.copyOf(parameter.shape()), bytes.flip()));
        }
        return new Weights(tensors);
    }
}
