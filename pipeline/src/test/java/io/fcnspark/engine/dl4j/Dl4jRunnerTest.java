package io.fcnspark.engine.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fcnspark.engine.Device;
import io.fcnspark.engine.EngineProvider;
import io.fcnspark.engine.FeatureMaps;
import io.fcnspark.engine.NetworkRunner;
import io.fcnspark.engine.Precision;
import io.fcnspark.engine.RunnerOptions;
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
import java.util.Arrays;
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
import org.junit.jupiter.params.provider.Arguments;
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
        assertSameAsNaive(network, "y", Nets.images(2, 3, 9, 12, 1));
        assertSameAsNaive(network, "y", Nets.images(1, 3, 8, 7, 2));
    }

    @Test
    void cropsToTheSizeOfAnotherLayerFromAnOffset() {
        Fcn network = Nets.of(
                X, new MaxPool("small", "x", 2, 2), new Crop("y", "x", "small", 3), new Crop("z", "x", "small", 0));
        assertSameAsNaive(network, "y", Nets.images(2, 3, 9, 12, 1));
        assertSameAsNaive(network, "z", Nets.images(2, 3, 9, 12, 1));
    }

    static Stream<Arguments> networks() {
        return Arrays.stream(Variant.values())
                .flatMap(variant -> Arrays.stream(Geometry.values()).map(geometry -> Arguments.of(variant, geometry)));
    }

    @ParameterizedTest
    @MethodSource("networks")
    void computesWholeNetworks(Variant variant, Geometry geometry) {
        Fcn network = Nets.tiny(variant, geometry);
        FeatureMaps images = geometry == Geometry.SAME ? Nets.images(2, 3, 32, 64, 1) : Nets.images(2, 3, 19, 33, 1);
        assertSameAsNaive(network, Fcn.SCORE, images);
        assertSameAsNaive(network, network.finalUpsampling().input(), images);
    }

    @Test
    void padsImagesOfAnySizeInTheSameGeometry() {
        assertSameAsNaive(Nets.tiny(Variant.FCN_8S, Geometry.SAME), Fcn.SCORE, Nets.images(1, 3, 33, 20, 1));
    }

    @Test
    void runsOnlyWhatTheOutputNeeds() {
        Fcn network = Nets.tiny(Variant.FCN_8S, Geometry.SAME);
        Weights weights = Nets.weights(network, 1);
        try (NetworkRunner runner = load(network, weights, "pool1")) {
            FeatureMaps pool1 = runner.run(Nets.images(1, 3, 32, 32, 1));
            assertThat(List.of(pool1.channels(), pool1.height(), pool1.width())).containsExactly(1, 16, 16);
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
            List<float[]> expected =
                    images.stream().map(runner::run).map(Nets::values).toList();
            List<Callable<float[]>> runs = images.stream()
                    .map(image -> (Callable<float[]>) () -> Nets.values(runner.run(image)))
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
        assertThat(provider.unavailable(Device.gpu(0), Precision.FP32))
                .hasValueSatisfying(reason -> assertThat(reason).contains("gpu:0"));
        assertThat(provider.unavailable(Device.CPU, Precision.BF16))
                .hasValueSatisfying(reason -> assertThat(reason).contains("bf16"));
    }

    @Test
    void refusesToLoadWhatItCannotRun() {
        Fcn network = Nets.tiny(Variant.FCN_32S, Geometry.SAME);
        Weights weights = Nets.weights(network, 1);
        assertThatThrownBy(() -> new Dl4jProvider()
                        .load(network, weights, new RunnerOptions(Fcn.SCORE, Device.CPU, Precision.FP16, 1)))
                .hasMessageContaining("fp16");
        assertThatThrownBy(() -> load(network, weights, "conv9_1")).hasMessageContaining("conv9_1");
    }

    private static void assertSameAsNaive(Fcn network, String output, FeatureMaps images) {
        Weights weights = Nets.weights(network, 7);
        Shape shape = Shapes.infer(network.layersUpTo(output), images.height(), images.width())
                .get(output);
        try (NetworkRunner runner = load(network, weights, output)) {
            FeatureMaps found = runner.run(images);
            assertThat(new Shape(found.channels(), found.height(), found.width()))
                    .isEqualTo(shape);
            assertThat(found.count()).isEqualTo(images.count());
            for (int n = 0; n < images.count(); n++) {
                double[] expected =
                        Naive.run(network, weights, output, Nets.image(images, n), images.height(), images.width());
                double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
                assertThat(largest).isPositive();
                assertThat(largestDifference(Nets.image(found, n), expected)).isLessThan(1e-5 * (1 + largest));
            }
        }
    }

    private static double largestDifference(double[] found, double[] expected) {
        return IntStream.range(0, expected.length)
                .mapToDouble(i -> Math.abs(found[i] - expected[i]))
                .max()
                .orElseThrow();
    }

    private static NetworkRunner load(Fcn network, Weights weights, String output) {
        return new Dl4jProvider().load(network, weights, new RunnerOptions(output, Device.CPU, Precision.FP32, 2));
    }
}
