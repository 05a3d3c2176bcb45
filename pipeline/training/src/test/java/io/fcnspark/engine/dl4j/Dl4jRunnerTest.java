package io.fcnspark.engine.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fcnspark.engine.Device;
import io.fcnspark.engine.EngineException;
import io.fcnspark.engine.EngineProvider;
import io.fcnspark.engine.FeatureMaps;
import io.fcnspark.engine.NetworkRunner;
import io.fcnspark.engine.Precision;
import io.fcnspark.engine.ReferenceExecutor;
import io.fcnspark.engine.RunnerOptions;
import io.fcnspark.engine.Values;
import io.fcnspark.network.Fcn;
import io.fcnspark.network.Geometry;
import io.fcnspark.network.Layer;
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
import io.fcnspark.network.Shape;
import io.fcnspark.network.Shapes;
import io.fcnspark.network.Variant;
import io.fcnspark.weights.Weights;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class Dl4jRunnerTest {
    private static final Input X = new Input("x", 3);

    static Stream<Layer> layers() {
        return Stream.of(
                new Convolution("y", "x", 3, 5, 3, 1, Activation.RELU),
                new Convolution("y", "x", 3, 2, 1, 0, Activation.NONE),
                new Convolution("y", "x", 3, 4, 7, 3, Activation.RELU),
                new Convolution("y", "x", 3, 4, 7, 0, Activation.RELU),
                new Convolution("y", "x", 3, 2, 3, 100, Activation.NONE),
                new MaxPool("y", "x", 2, 2),
                new TransposedConvolution("y", "x", 3, 2, 4, 2, 0),
                new TransposedConvolution("y", "x", 3, 3, 4, 2, 1),
                new TransposedConvolution("y", "x", 3, 2, 16, 8, 4),
                new TransposedConvolution("y", "x", 3, 2, 32, 16, 0),
                new PadToMultiple("y", "x", 8),
                new Scale("y", "x", 0.01),
                new Dropout("y", "x", 0.5),
                new Add("y", "x", "x"));
    }

    @ParameterizedTest
    @MethodSource("layers")
    void computesEachKindOfLayerByItsDefinition(Layer layer) {
        Fcn network = Nets.of(X, layer);
        assertSameAsReference(network, "y", Nets.images(2, 3, 9, 12, 1));
        assertSameAsReference(network, "y", Nets.images(1, 3, 8, 7, 2));
    }

    @Test
    void cropsToTheSizeOfAnotherLayerFromAnOffset() {
        Fcn network = Nets.of(
                X, new MaxPool("small", "x", 2, 2), new Crop("y", "x", "small", 3), new Crop("z", "x", "small", 0));
        assertSameAsReference(network, "y", Nets.images(2, 3, 9, 12, 1));
        assertSameAsReference(network, "z", Nets.images(2, 3, 9, 12, 1));
    }

    @Test
    void padsImagesOfAnySizeInTheSameGeometry() {
        assertSameAsReference(Nets.tiny(Variant.FCN_8S, Geometry.SAME), Fcn.SCORE, Nets.images(1, 3, 33, 20, 1));
    }

    @Test
    void refusesRoomForAnotherShapeThanTheResults() {
        Fcn network = Nets.tiny(Variant.FCN_8S, Geometry.SAME);
        try (NetworkRunner runner = load(network, Nets.weights(network, 1), Fcn.SCORE)) {
            assertThatThrownBy(() -> runner.run(
                            Nets.images(1, 3, 32, 64, 1), FeatureMaps.allocate(1, network.numClasses(), 64, 64)))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("64x32")
                    .hasMessageContaining("[1, 3, 32, 64]");
        }
    }

    @Test
    void finishesARunWhoseCallerIsInterrupted() {
        Fcn network = Nets.tiny(Variant.FCN_8S, Geometry.SAME);
        Weights weights = Nets.weights(network, 1);
        FeatureMaps images = Nets.images(1, 3, 64, 64, 1);
        float[] expected = Nets.values(run(network, weights, Fcn.SCORE, images));
        try (NetworkRunner runner = load(network, weights, Fcn.SCORE)) {
            Thread.currentThread().interrupt();
            float[] found = Nets.values(run(runner, network, Fcn.SCORE, images));
            assertThat(Thread.interrupted()).isTrue();
            assertThat(found).isEqualTo(expected);
        }
    }

    @Test
    void givesEveryThreadItsOwnImagesScoresForSizesThatChange() throws Exception {
        Fcn network = Nets.tiny(Variant.FCN_8S, Geometry.SAME);
        Weights weights = Nets.weights(network, 1);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (NetworkRunner runner = load(network, weights, Fcn.SCORE)) {
            List<FeatureMaps> images = Stream.iterate(0, i -> i + 1)
                    .limit(12)
                    .map(i -> Nets.images(1 + i % 2, 3, 20 + 7 * (i % 5), 50 - 5 * (i % 4), i))
                    .toList();
            List<float[]> expected = images.stream()
                    .map(image -> Nets.values(run(runner, network, Fcn.SCORE, image)))
                    .toList();
            List<Callable<float[]>> runs = images.stream()
                    .map(image -> (Callable<float[]>) () -> Nets.values(run(runner, network, Fcn.SCORE, image)))
                    .toList();
            List<Future<float[]>> found = threads.invokeAll(runs);
            for (int i = 0; i < expected.size(); i++) {
                assertThat(found.get(i).get()).isEqualTo(expected.get(i));
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void isFoundByTheServiceLoaderAndSaysWhatItCannotDo() {
        EngineProvider provider = ServiceLoader.load(EngineProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(candidate -> candidate.name().equals("dl4j"))
                .findFirst()
                .orElseThrow();
        assertThat(provider.unavailable(Device.CPU, Precision.FP32)).isEmpty();
        assertThat(provider.unavailable(Device.gpu(0), Precision.FP32)).isPresent();
        assertThat(provider.unavailable(Device.CPU, Precision.BF16)).isPresent();
    }

    @Test
    void refusesToLoadWhatItCannotRun() {
        Fcn network = Nets.tiny(Variant.FCN_32S, Geometry.SAME);
        Weights weights = Nets.weights(network, 1);
        assertThatThrownBy(() -> new Dl4jProvider()
                        .load(network, weights, new RunnerOptions(Fcn.SCORE, Device.CPU, Precision.FP16, 1)))
                .hasMessageContaining("fp32");
        assertThatThrownBy(() -> load(network, weights, "conv9_1")).hasMessageContaining("conv9_1");
    }

    private static void assertSameAsReference(Fcn network, String output, FeatureMaps images) {
        Weights weights = Nets.weights(network, 7);
        FeatureMaps found = run(network, weights, output, images);
        for (int n = 0; n < images.count(); n++) {
            Values expected = new ReferenceExecutor(network, weights)
                    .run(Values.of(images, n))
                    .get(output);
            assertThat(expected.maxAbs()).isPositive();
            assertThat(largestDifference(Values.of(found, n).values(), expected.values()))
                    .isLessThan(1e-5 * expected.maxAbs());
        }
    }

    private static double largestDifference(double[] found, double[] expected) {
        return IntStream.range(0, expected.length)
                .mapToDouble(i -> Math.abs(found[i] - expected[i]))
                .max()
                .orElseThrow();
    }

    private static FeatureMaps run(Fcn network, Weights weights, String output, FeatureMaps images) {
        try (NetworkRunner runner = load(network, weights, output)) {
            return run(runner, network, output, images);
        }
    }

    private static FeatureMaps run(NetworkRunner runner, Fcn network, String output, FeatureMaps images) {
        Shape shape = Shapes.infer(network.layersUpTo(output), images.height(), images.width())
                .get(output);
        FeatureMaps result = FeatureMaps.allocate(images.count(), shape.channels(), shape.height(), shape.width());
        runner.run(images, result);
        return result;
    }

    private static NetworkRunner load(Fcn network, Weights weights, String output) {
        return new Dl4jProvider().load(network, weights, new RunnerOptions(output, Device.CPU, Precision.FP32, 1));
    }
}
