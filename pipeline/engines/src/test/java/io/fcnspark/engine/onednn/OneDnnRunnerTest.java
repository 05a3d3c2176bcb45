package io.fcnspark.engine.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.fcnspark.engine.Device;
import io.fcnspark.engine.EngineException;
import io.fcnspark.engine.FeatureMaps;
import io.fcnspark.engine.Precision;
import io.fcnspark.engine.ReferenceExecutor;
import io.fcnspark.engine.RunnerOptions;
import io.fcnspark.engine.TinyModels;
import io.fcnspark.engine.TinyModels.Upsampling;
import io.fcnspark.engine.Values;
import io.fcnspark.network.Backbone;
import io.fcnspark.network.Fcn;
import io.fcnspark.network.Geometry;
import io.fcnspark.network.Shape;
import io.fcnspark.network.Shapes;
import io.fcnspark.network.Variant;
import io.fcnspark.weights.Model;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OneDnnRunnerTest {
    private static final long MEGABYTE = 1 << 20;

    @BeforeAll
    static void needsTheLibrary() {
        assumeThat(new OneDnnProvider().unavailable(Device.CPU, Precision.FP32))
                .as("oneDNN runs here")
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"FP32", "BF16"})
    void weightsAreThereOnceForAllSizesAndTasks(Precision precision) {
        needs(precision);
        Model model = slim(1 / 8.0);
        Fcn network = model.description().network();
        long once = network.parameterCount() * (precision == Precision.BF16 ? 2 : 4);
        try (OneDnnRunner runner = load(model, precision, 2)) {
            long packed = runner.weightBytes();
            assertThat(packed).isBetween(once, once * 11 / 10);
            for (int size = 32; size <= 512; size += 32) {
                runner.activationBytes(1, size, size);
                runner.activationBytes(2, 32, size);
            }
            long small = network.parameters().stream()
                    .filter(parameter -> !parameter.name().startsWith("fc6"))
                    .mapToLong(parameter -> parameter.size() * (precision == Precision.BF16 ? 2 : 4))
                    .sum();
            // What is not fc6 may be there in a second and a third layout.
            assertThat(runner.weightBytes()).isLessThanOrEqualTo(packed + 2 * small);
        }
    }

    /** The parity suite has dense transposed convolutions only. */
    @ParameterizedTest
    @EnumSource(Geometry.class)
    void upsamplingWithOneKernelForEachClassHasTheReferencesScores(Geometry geometry) {
        Model model = TinyModels.model(Variant.FCN_8S, geometry, Upsampling.BILINEAR);
        Fcn network = model.description().network();
        FeatureMaps data = FeatureMaps.allocate(1, 3, 64, 32);
        SplittableRandom random = new SplittableRandom(3);
        FloatBuffer values = data.values();
        while (values.hasRemaining()) {
            values.put((float) (2 * random.nextDouble() - 1));
        }
        FeatureMaps result = FeatureMaps.allocate(1, TinyModels.CLASSES, 64, 32);
        try (OneDnnRunner runner = load(model, Precision.FP32, 1)) {
            runner.run(data, result);
        }
        Values expected = new ReferenceExecutor(network, model.weights())
                .run(Values.of(data, 0))
                .get(Fcn.SCORE);
        for (int i = 0; i < expected.values().length; i++) {
            assertThat((double) result.values().get(i))
                    .isCloseTo(expected.values()[i], within(2e-5 * expected.maxAbs()));
        }
    }

    @Test
    void activationsShareMemoryAsLayersFollowEachOther() {
        Model model = slim(1 / 8.0);
        try (OneDnnRunner runner = load(model, Precision.FP32, 1)) {
            // conv1_1 and conv1_2 at once: 2 x 8 channels of fp32 for each pixel, and a little besides.
            assertThat(runner.activationBytes(1, 256, 320)).isBetween(256L * 320 * 2 * 8 * 4, 256L * 320 * 2 * 8 * 5);
            assertThat(runner.activationBytes(4, 256, 320))
                    .isBetween(4 * 256L * 320 * 2 * 8 * 4, 4 * 256L * 320 * 2 * 8 * 5);
        }
    }

    @Test
    void onlySoManySizesStayCompiled() {
        try (OneDnnRunner runner = load(tiny(), Precision.FP32, 1)) {
            for (int size = 32; size <= 32 * (OneDnnRunner.CACHED_SIZES + 5); size += 32) {
                runner.activationBytes(1, 32, size);
            }
            assertThat(runner.compiledSizes()).isEqualTo(OneDnnRunner.CACHED_SIZES);
        }
    }

    @Test
    void tenThousandRunsOfRandomSizesLeakNothing() {
        Model model = tiny();
        SplittableRandom random = new SplittableRandom(7);
        FloatBuffer data = FeatureMaps.allocate(1, 3, 96, 672).values();
        FloatBuffer result =
                FeatureMaps.allocate(1, TinyModels.CLASSES, 96, 672).values();
        try (OneDnnRunner runner = load(model, Precision.FP32, 1)) {
            long before = 0;
            for (int i = 0; i < 10_000; i++) {
                // 63 sizes of batch, more than stay compiled; one run in thirty is of a size that is seldom seen.
                int most = random.nextInt(30) == 0 ? 7 : 2;
                int height = 32 * (1 + random.nextInt(3));
                int width = 32 * (1 + random.nextInt(most));
                int count = 1 + random.nextInt(3);
                int pixels = count * height * width;
                runner.run(
                        new FeatureMaps(count, 3, height, width, data.slice(0, 3 * pixels)),
                        new FeatureMaps(
                                count,
                                TinyModels.CLASSES,
                                height,
                                width,
                                result.slice(0, TinyModels.CLASSES * pixels)));
                if (i == 2_000) {
                    before = resident();
                }
            }
            assertThat(resident() - before).isLessThan(24 * MEGABYTE);
        }
    }

    @Test
    void loadingAndClosingLeaksNothing() {
        Model model = slim(1 / 8.0);
        long before = 0;
        for (int i = 0; i < 40; i++) {
            try (OneDnnRunner runner = load(model, Precision.FP32, 1)) {
                run(runner, model.description().network(), 1, 64, 64, i);
            }
            if (i == 10) {
                before = resident();
            }
        }
        // One load takes 10 MB.
        assertThat(resident() - before).isLessThan(40 * MEGABYTE);
    }

    @ParameterizedTest
    @EnumSource(names = {"FP32", "BF16"})
    void tasksThatRunAtOnceGetTheSameAsOneAfterAnother(Precision precision) throws Exception {
        needs(precision);
        Model model = tiny();
        Fcn network = model.description().network();
        ExecutorService tasks = Executors.newFixedThreadPool(4);
        try (OneDnnRunner runner = load(model, precision, 1)) {
            List<Callable<FloatBuffer>> work = IntStream.range(0, 40)
                    .<Callable<FloatBuffer>>mapToObj(
                            i -> () -> run(runner, network, 1 + i % 2, 32 * (1 + i % 3), 32 * (1 + i % 5), i))
                    .toList();
            List<Future<FloatBuffer>> atOnce = tasks.invokeAll(work);
            for (int i = 0; i < work.size(); i++) {
                assertThat(atOnce.get(i).get())
                        .as("run %d", i)
                        .isEqualTo(work.get(i).call());
            }
        } finally {
            tasks.shutdown();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FP32", "BF16"})
    void theNumberOfThreadsDoesNotChangeScoresMuch(Precision precision) {
        needs(precision);
        Model model = slim(1 / 8.0);
        Fcn network = model.description().network();
        try (OneDnnRunner one = load(model, precision, 1);
                OneDnnRunner three = load(model, precision, 3)) {
            FloatBuffer expected = run(one, network, 1, 96, 64, 5);
            FloatBuffer actual = run(three, network, 1, 96, 64, 5);
            double largest = 0;
            double difference = 0;
            for (int i = 0; i < expected.remaining(); i++) {
                largest = Math.max(largest, Math.abs(expected.get(i)));
                difference = Math.max(difference, Math.abs(expected.get(i) - actual.get(i)));
            }
            assertThat(difference / largest).isLessThan(precision == Precision.BF16 ? 2e-2 : 1e-5);
        }
    }

    @Test
    void anImageThatIsNotPaddedIsRefused() {
        try (OneDnnRunner runner = load(tiny(), Precision.FP32, 1)) {
            assertThatThrownBy(() -> runner.activationBytes(1, 33, 32)).hasMessageContaining("padded to 3x64x32");
        }
    }

    @Test
    void memoryThatIsNotThereIsAnError() {
        assertThatThrownBy(() -> new NativeBlock(1L << 60))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("no native memory");
    }

    private static void needs(Precision precision) {
        assumeThat(new OneDnnProvider().unavailable(Device.CPU, precision))
                .as("this processor computes in " + precision.id())
                .isEmpty();
    }

    private static Model tiny() {
        return TinyModels.model(Variant.FCN_8S, Geometry.SAME, Upsampling.BILINEAR);
    }

    private static Model slim(double width) {
        return TinyModels.model(Variant.FCN_8S, Backbone.vgg16(width), Geometry.SAME, Upsampling.BILINEAR);
    }

    private static OneDnnRunner load(Model model, Precision precision, int threads) {
        RunnerOptions options = new RunnerOptions(Fcn.SCORE, Device.CPU, precision, threads);
        return new OneDnnRunner(model.description().network(), model.weights(), options);
    }

    private static FloatBuffer run(OneDnnRunner runner, Fcn network, int count, int height, int width, long seed) {
        FeatureMaps data = FeatureMaps.allocate(count, 3, height, width);
        SplittableRandom random = new SplittableRandom(seed);
        FloatBuffer values = data.values();
        while (values.hasRemaining()) {
            values.put((float) (2 * random.nextDouble() - 1));
        }
        Shape out = Shapes.infer(network.layers(), height, width).get(Fcn.SCORE);
        FeatureMaps result = FeatureMaps.allocate(count, out.channels(), out.height(), out.width());
        runner.run(data, result);
        return result.values();
    }

    private static long resident() {
        System.gc();
        return Pointer.physicalBytes();
    }
}
