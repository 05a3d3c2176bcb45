package io.fcnspark.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import io.fcnspark.engine.Device;
import io.fcnspark.engine.Engines;
import io.fcnspark.engine.FeatureMaps;
import io.fcnspark.engine.NetworkRunner;
import io.fcnspark.engine.Precision;
import io.fcnspark.engine.RunnerOptions;
import io.fcnspark.image.Preprocessing;
import io.fcnspark.labels.ClassSet;
import io.fcnspark.labels.LabelClass;
import io.fcnspark.network.Backbone;
import io.fcnspark.network.Fcn;
import io.fcnspark.network.Geometry;
import io.fcnspark.network.Parameter;
import io.fcnspark.network.Variant;
import io.fcnspark.weights.DataType;
import io.fcnspark.weights.Model;
import io.fcnspark.weights.ModelDescription;
import io.fcnspark.weights.ModelDescriptionJson;
import io.fcnspark.weights.ModelException;
import io.fcnspark.weights.Tensor;
import io.fcnspark.weights.Weights;
import io.fcnspark.weights.formats.WeightFile;
import io.fcnspark.weights.formats.WeightFiles;
import io.fcnspark.weights.formats.WeightFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OnnxExportTest {
    private static final int HEIGHT = 45;
    private static final int WIDTH = 38;

    @TempDir
    private Path folder;

    /** The file alone gives what the engine gives, at a size that the geometry 'same' has to pad inside the graph. */
    @ParameterizedTest
    @EnumSource(Geometry.class)
    void theFileGivesTheEnginesScores(Geometry geometry) throws Exception {
        Fcn network = Fcn.of(Variant.FCN_8S_AT_ONCE, Backbone.vgg16(1 / 32.0), 4, geometry);
        Weights weights = weights(network, DataType.F32);
        Path file = folder.resolve("model.onnx");
        assertThat(OnnxExport.write(model(network, weights), file)).containsExactly(file);

        assertThatItGivesTheEnginesScores(file, network, weights);
    }

    private static void assertThatItGivesTheEnginesScores(Path file, Fcn network, Weights weights) throws Exception {
        FeatureMaps data = FeatureMaps.allocate(1, 3, HEIGHT, WIDTH);
        SplittableRandom random = new SplittableRandom(1);
        FloatBuffer values = data.values();
        while (values.hasRemaining()) {
            values.put((float) random.nextDouble());
        }
        FeatureMaps scores = FeatureMaps.allocate(1, 4, HEIGHT, WIDTH);
        try (NetworkRunner runner = Engines.installed()
                .named("onnxruntime")
                .load(network, weights, new RunnerOptions(Fcn.SCORE, Device.CPU, Precision.FP32, 1))) {
            runner.run(data, scores);
        }
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(file.toString());
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

    /** Half the size, and the same scores as the engine, which converts them itself. */
    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"BF16", "F16"})
    void halfPrecisionIsStoredAsItIs(DataType type) throws Exception {
        Fcn network = Fcn.of(Variant.FCN_32S, Backbone.vgg16(1 / 32.0), 4, Geometry.SAME);
        Weights weights = weights(network, type);
        Path file = folder.resolve("half.onnx");
        OnnxExport.write(model(network, weights), file);

        assertThat(Files.size(file)).isBetween(2 * network.parameterCount(), 3 * network.parameterCount());
        assertThatItGivesTheEnginesScores(file, network, weights);
    }

    @Test
    void weightsThatAreTooLargeForOneFileLieBesideIt() throws Exception {
        Fcn network = Fcn.of(Variant.FCN_16S, Backbone.vgg16(1 / 32.0), 4, Geometry.SAME);
        Weights weights = weights(network, DataType.F32);
        Path file = folder.resolve("model.onnx");
        Path data = folder.resolve("model.onnx.data");
        long limit = network.parameterCount() * Float.BYTES - 1;
        assertThat(OnnxExport.write(model(network, weights), file, limit)).containsExactly(file, data);

        assertThat(Files.size(file)).isLessThan(20_000);
        assertThat(folder).isDirectoryNotContaining("glob:**.tmp");
        assertThatItGivesTheEnginesScores(file, network, weights);
        OnnxExport.write(model(network, weights), folder.resolve("whole.onnx"), limit + 1);
        WeightFile whole = WeightFiles.read(folder.resolve("whole.onnx"), WeightFormat.ONNX);
        WeightFiles.read(file, WeightFormat.ONNX).tensors().forEach((name, tensor) -> assertThat(tensor)
                .as(name)
                .isEqualTo(whole.tensors().get(name)));
    }

    @Test
    void theFileDescribesItself() throws Exception {
        Fcn network = Fcn.of(Variant.FCN_8S, Backbone.vgg16(1 / 64.0), 2, Geometry.CAFFE);
        Model model = model(network, weights(network, DataType.F32));
        Path file = folder.resolve("model.onnx");
        OnnxExport.write(model, file);

        try (OrtSession session = OrtEnvironment.getEnvironment().createSession(file.toString())) {
            assertThat(session.getMetadata().getDescription())
                    .startsWith("street@000000000000: semantic segmentation, fcn8s over vgg16, width 0.015625")
                    .contains("geometry caffe, 2 classes. Input 'data'", "output 'score'");
            Map<String, String> properties = session.getMetadata().getCustomMetadata();
            assertThat(properties)
                    .containsOnlyKeys("preprocessing", "classes", ModelDescriptionJson.METADATA_KEY)
                    .containsEntry("classes", "0 class0, 1 class1")
                    .containsEntry(
                            "preprocessing",
                            "BGR, (value * 1 - mean) / deviation, mean 104.00699 116.66877 122.67892, deviation 1 1 1");
            assertThat(ModelDescriptionJson.read(properties.get(ModelDescriptionJson.METADATA_KEY), "properties"))
                    .isEqualTo(model.description());
            assertThat(session.getInputNames()).containsExactly("data");
            assertThat(session.getOutputNames()).containsExactly("score");
        }
    }

    @Test
    void aFileThatCannotBeWrittenIsNamed() {
        Fcn network = Fcn.of(Variant.FCN_32S, Backbone.vgg16(1 / 64.0), 2, Geometry.SAME);
        Model model = model(network, weights(network, DataType.F32));
        assertThatThrownBy(() -> OnnxExport.write(model, folder.resolve("none").resolve("model.onnx")))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("model.onnx: cannot be written")
                .hasMessageContaining("check that the folder exists");
    }

    private static Model model(Fcn network, Weights weights) {
        List<LabelClass> classes = IntStream.range(0, network.numClasses())
                .mapToObj(id -> new LabelClass(id, "class" + id, id))
                .toList();
        return new Model(
                new ModelDescription(
                        "street",
                        network.architecture(),
                        new ClassSet("city", classes, 255),
                        Preprocessing.CAFFE_FCN,
                        "0".repeat(64),
                        Map.of("made_by", "test")),
                weights);
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
                } else if (type == DataType.BF16) {
                    bytes.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
                } else {
                    bytes.putShort(binary16(value));
                }
            }
            tensors.put(parameter.name(), new Tensor(type, List.copyOf(parameter.shape()), bytes.flip()));
        }
        return new Weights(tensors);
    }

    /** Cut off, not rounded; what is too small for a normal number becomes zero. */
    private static short binary16(float value) {
        int bits = Float.floatToRawIntBits(value);
        int exponent = ((bits >>> 23) & 0xff) - 127 + 15;
        int magnitude = exponent <= 0 ? 0 : (exponent << 10) | ((bits >>> 13) & 0x3ff);
        return (short) (((bits >>> 16) & 0x8000) | magnitude);
    }
}
