package io.fcnspark.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fcnspark.engine.TinyModels.Upsampling;
import io.fcnspark.image.RgbImage;
import io.fcnspark.network.Backbone;
import io.fcnspark.network.Fcn;
import io.fcnspark.network.Geometry;
import io.fcnspark.network.Layer;
import io.fcnspark.network.Shape;
import io.fcnspark.network.Shapes;
import io.fcnspark.network.Variant;
import io.fcnspark.weights.Model;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Holds every engine on the class path that computes in fp32 on the CPU to the reference: whoever adds an engine need not
 * touch this. A layer may be off by {@value #TOLERANCE} of its largest absolute value; labels may differ only where the two
 * highest scores are closer than that.
 */
class EngineParityTest {
    private static final double TOLERANCE = 2e-5;

    static Stream<Arguments> networks() {
        List<Arguments> cases = new ArrayList<>();
        for (EngineProvider engine : engines()) {
            for (Variant variant : Variant.values()) {
                for (Geometry geometry : Geometry.values()) {
                    cases.add(Arguments.of(engine.name(), variant, geometry));
                }
            }
        }
        return cases.stream();
    }

    static Stream<String> engineNames() {
        return engines().stream().map(EngineProvider::name);
    }

    private static List<EngineProvider> engines() {
        return Engines.installed().providers().stream()
                .filter(engine -> engine.unavailable(Device.CPU, Precision.FP32).isEmpty())
                .toList();
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("networks")
    void everyLayerHasTheReferencesValues(String engine, Variant variant, Geometry geometry) {
        Model model = TinyModels.model(variant, geometry, Upsampling.DENSE);
        Fcn network = model.description().network();
        Values data = Values.random(new Shape(3, geometry.paddedSize(33), geometry.paddedSize(21)), 1);
        Map<String, Values> expected = new ReferenceExecutor(network, model.weights()).run(data);
        for (Layer layer : network.layers()) {
            if (!layer.name().equals(Fcn.DATA)) {
                List<Values> actual = run(engine, model, layer.name(), List.of(data));
                assertClose(actual.get(0), expected.get(layer.name()), engine + " " + layer.name());
            }
        }
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("networks")
    void everySizeAndBatchHasTheReferencesScores(String engine, Variant variant, Geometry geometry) {
        Model model = TinyModels.model(variant, geometry, Upsampling.DENSE);
        Fcn network = model.description().network();
        ReferenceExecutor reference = new ReferenceExecutor(network, model.weights());
        int[][] sizes = {{1, 1}, {17, 64}, {40, 3}, {65, 47}};
        try (NetworkRunner runner = load(engine, model, Fcn.SCORE)) {
            for (int i = 0; i < sizes.length; i++) {
                int count = 1 + i % 3;
                Shape shape = new Shape(3, geometry.paddedSize(sizes[i][0]), geometry.paddedSize(sizes[i][1]));
                List<Values> batch = new ArrayList<>();
                for (int n = 0; n < count; n++) {
                    batch.add(Values.random(shape, 10 * i + n));
                }
                List<Values> actual = run(runner, network, Fcn.SCORE, batch);
                for (int n = 0; n < count; n++) {
                    Values expected = reference.run(batch.get(n)).get(Fcn.SCORE);
                    assertClose(actual.get(n), expected, "%s image %d of %d".formatted(shape, n + 1, count));
                }
            }
        }
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("networks")
    void labelMapsAreTheReferencesButForNearTies(String engine, Variant variant, Geometry geometry) {
        for (Upsampling upsampling : Upsampling.values()) {
            Model model = TinyModels.model(variant, geometry, upsampling);
            int[][] sizes =
                    geometry == Geometry.SAME ? new int[][] {{37, 61}, {64, 33}} : new int[][] {{37, 61}, {37, 61}};
            List<RgbImage> images = List.of(
                    TinyModels.image(sizes[0][0], sizes[0][1], 1), TinyModels.image(sizes[1][0], sizes[1][1], 2));
            try (Segmenter segmenter = Segmenter.load(model, provider(engine), Device.CPU, Precision.FP32, 1)) {
                List<Segmentation> segmentations = segmenter.segment(images);
                for (int i = 0; i < images.size(); i++) {
                    Values scores = scores(model, images.get(i));
                    assertLabels(segmentations.get(i), scores);
                }
            }
        }
    }

    /** Channel counts that are multiples of 8 take other kernels, in other memory layouts, in some libraries. */
    @ParameterizedTest
    @MethodSource("engineNames")
    void widerNetworksHaveTheReferencesScores(String engine) {
        Model model = TinyModels.model(Variant.FCN_8S, Backbone.vgg16(1 / 8.0), Geometry.SAME, Upsampling.DENSE);
        Values data = Values.random(new Shape(3, 64, 32), 5);
        Map<String, Values> expected = new ReferenceExecutor(model.description().network(), model.weights()).run(data);
        assertClose(run(engine, model, Fcn.SCORE, List.of(data)).get(0), expected.get(Fcn.SCORE), engine);
    }

    private static List<Values> run(String engine, Model model, String layer, List<Values> batch) {
        try (NetworkRunner runner = load(engine, model, layer)) {
            return run(runner, model.description().network(), layer, batch);
        }
    }

    private static NetworkRunner load(String engine, Model model, String layer) {
        return provider(engine)
                .load(
                        model.description().network(),
                        model.weights(),
                        new RunnerOptions(layer, Device.CPU, Precision.FP32, 1));
    }

    private static EngineProvider provider(String engine) {
        return Engines.installed().named(engine);
    }

    private static List<Values> run(NetworkRunner runner, Fcn network, String layer, List<Values> batch) {
        Shape in = batch.get(0).shape();
        FeatureMaps data = FeatureMaps.allocate(batch.size(), in.channels(), in.height(), in.width());
        FloatBuffer planes = data.values();
        batch.forEach(image -> image.putInto(planes));
        Shape out = Shapes.infer(network.layers(), in.height(), in.width()).get(layer);
        FeatureMaps result = FeatureMaps.allocate(batch.size(), out.channels(), out.height(), out.width());
        runner.run(data, result);
        List<Values> values = new ArrayList<>();
        for (int n = 0; n < batch.size(); n++) {
            values.add(Values.of(result, n));
        }
        return values;
    }

    /** The reference's scores of an image as it is, without padding it beforehand. */
    private static Values scores(Model model, RgbImage image) {
        Shape shape = new Shape(3, image.height(), image.width());
        FeatureMaps data = FeatureMaps.allocate(1, 3, image.height(), image.width());
        model.description().preprocessing().apply(image, image.width(), image.height(), data.values());
        Values scores = new ReferenceExecutor(model.description().network(), model.weights())
                .run(Values.of(data, 0))
                .get(Fcn.SCORE);
        assertThat(scores.shape()).isEqualTo(new Shape(TinyModels.CLASSES, shape.height(), shape.width()));
        return scores;
    }

    private static void assertClose(Values actual, Values expected, String what) {
        assertThat(actual.shape()).as(what).isEqualTo(expected.shape());
        double scale = expected.maxAbs();
        assertThat(scale).as(what + ": all zero, nothing is compared").isPositive();
        double worst = 0;
        for (int i = 0; i < expected.values().length; i++) {
            worst = Math.max(worst, Math.abs(actual.values()[i] - expected.values()[i]));
        }
        assertThat(worst / scale).as(what).isCloseTo(0, within(TOLERANCE));
    }

    private static void assertLabels(Segmentation segmentation, Values scores) {
        double nearTie = TOLERANCE * scores.maxAbs();
        int clear = 0;
        for (int y = 0; y < scores.shape().height(); y++) {
            for (int x = 0; x < scores.shape().width(); x++) {
                int best = 0;
                double second = Double.NEGATIVE_INFINITY;
                for (int c = 1; c < scores.shape().channels(); c++) {
                    double score = scores.at(c, y, x);
                    if (score > scores.at(best, y, x)) {
                        second = scores.at(best, y, x);
                        best = c;
                    } else {
                        second = Math.max(second, score);
                    }
                }
                if (scores.at(best, y, x) - second > 2 * nearTie) {
                    clear++;
                    assertThat(segmentation.mask().at(x, y))
                            .as("label at column %d, row %d", x, y)
                            .isEqualTo(best);
                }
            }
        }
        assertThat(clear)
                .as("pixels without a near-tie")
                .isGreaterThan(scores.shape().width() * scores.shape().height() * 9 / 10);
    }
}
