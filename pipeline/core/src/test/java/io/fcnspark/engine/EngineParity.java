package io.fcnspark.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fcnspark.engine.TinyModels.Upsampling;
import io.fcnspark.image.RgbImage;
import io.fcnspark.network.Backbone;
import io.fcnspark.network.Fcn;
import io.fcnspark.network.Geometry;
import io.fcnspark.network.Layer;
import io.fcnspark.network.Layer.Dropout;
import io.fcnspark.network.Layer.MaxPool;
import io.fcnspark.network.Shape;
import io.fcnspark.network.Shapes;
import io.fcnspark.network.Variant;
import io.fcnspark.weights.Model;
import io.fcnspark.weights.Quantisation;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Holds engines to the reference, in every precision that they have on this CPU: whoever adds an engine to a module names it
 * in the module's own {@code EngineParityTest}. A layer may be off by a fraction of its largest absolute value; labels may differ only where the two
 * highest scores are closer than that.
 *
 * <p>In int8 the layers of integers have to be equal, and scores, which are made of them in fp32, as close as in fp32. In fp32 the fraction is 2e-5. In bf16 it is 2e-2: a number has 8 bits, so weights and activations are each off by up to
 * 2<sup>-9</sup>; the roundings of 16 convolutions, one after another, are independent and add up as their squares do, to
 * 0.6 % typically and thrice that in the worst of some thousand values.
 */
@TestInstance(Lifecycle.PER_CLASS)
public abstract class EngineParity {
    /** The engines that are held to it. */
    protected abstract List<EngineProvider> engines();

    /** An engine in a precision. */
    public record Candidate(EngineProvider engine, Precision precision) {
        double tolerance() {
            return precision == Precision.BF16 ? 2e-2 : 2e-5;
        }

        /** Part of the pixels that must have no near-tie: of these networks, whose scores are close, on noise. */
        double clearPart() {
            return precision == Precision.BF16 ? 0.6 : 0.9;
        }

        /** A model that it can compute. */
        Model model(Variant variant, Backbone backbone, Geometry geometry, Upsampling upsampling) {
            return precision == Precision.INT8
                    ? TinyModels.quantised(variant, backbone, geometry, upsampling)
                    : TinyModels.model(variant, backbone, geometry, upsampling);
        }

        Model model(Variant variant, Geometry geometry, Upsampling upsampling) {
            return model(variant, TinyModels.BACKBONE, geometry, upsampling);
        }

        NetworkRunner load(Model model, String layer) {
            RunnerOptions options = new RunnerOptions(
                    layer, Device.CPU, precision, 1, model.description().quantisation());
            return engine.load(model.description().network(), model.weights(), options);
        }

        @Override
        public String toString() {
            return engine.name() + " " + precision.id();
        }
    }

    Stream<Arguments> networks() {
        List<Arguments> cases = new ArrayList<>();
        candidates().forEach(candidate -> {
            for (Variant variant : Variant.values()) {
                for (Geometry geometry : Geometry.values()) {
                    cases.add(Arguments.of(candidate, variant, geometry));
                }
            }
        });
        return cases.stream();
    }

    Stream<Candidate> candidates() {
        return engines().stream().flatMap(engine -> Stream.of(Precision.values())
                .filter(precision -> engine.unavailable(Device.CPU, precision).isEmpty())
                .map(precision -> new Candidate(engine, precision)));
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("networks")
    void everyLayerHasTheReferencesValues(Candidate engine, Variant variant, Geometry geometry) {
        Model model = engine.model(variant, geometry, Upsampling.DENSE);
        Fcn network = model.description().network();
        Values data = Values.random(new Shape(3, geometry.paddedSize(33), geometry.paddedSize(21)), 1);
        Map<String, Values> expected = reference(model, data);
        for (Layer layer : network.layers()) {
            if (!layer.name().equals(Fcn.DATA)) {
                List<Values> actual = run(engine, model, layer.name(), List.of(data));
                double tolerance = isOfIntegers(layer, model) ? 0 : engine.tolerance();
                assertClose(actual.get(0), expected.get(layer.name()), tolerance, engine + " " + layer.name());
            }
        }
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("networks")
    void everySizeAndBatchHasTheReferencesScores(Candidate engine, Variant variant, Geometry geometry) {
        Model model = engine.model(variant, geometry, Upsampling.DENSE);
        Fcn network = model.description().network();
        int[][] sizes = {{1, 1}, {17, 64}, {40, 3}, {65, 47}};
        try (NetworkRunner runner = engine.load(model, Fcn.SCORE)) {
            for (int i = 0; i < sizes.length; i++) {
                int count = 1 + i % 3;
                Shape shape = new Shape(3, geometry.paddedSize(sizes[i][0]), geometry.paddedSize(sizes[i][1]));
                List<Values> batch = new ArrayList<>();
                for (int n = 0; n < count; n++) {
                    batch.add(Values.random(shape, 10 * i + n));
                }
                List<Values> actual = run(runner, network, Fcn.SCORE, batch);
                for (int n = 0; n < count; n++) {
                    Values expected = reference(model, batch.get(n)).get(Fcn.SCORE);
                    assertClose(
                            actual.get(n),
                            expected,
                            engine.tolerance(),
                            "%s image %d of %d".formatted(shape, n + 1, count));
                }
            }
        }
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("networks")
    void labelMapsAreTheReferencesButForNearTies(Candidate engine, Variant variant, Geometry geometry) {
        for (Upsampling upsampling : Upsampling.values()) {
            Model model = engine.model(variant, geometry, upsampling);
            int[][] sizes =
                    geometry == Geometry.SAME ? new int[][] {{37, 61}, {64, 33}} : new int[][] {{37, 61}, {37, 61}};
            List<RgbImage> images = List.of(
                    TinyModels.image(sizes[0][0], sizes[0][1], 1), TinyModels.image(sizes[1][0], sizes[1][1], 2));
            try (Segmenter segmenter = Segmenter.load(model, engine.engine(), Device.CPU, engine.precision(), 1)) {
                List<Segmentation> segmentations = segmenter.segment(images);
                for (int i = 0; i < images.size(); i++) {
                    Values scores = scores(model, images.get(i));
                    assertLabels(segmentations.get(i), scores, engine);
                }
            }
        }
    }

    /** Channel counts that are multiples of 8 take other kernels, in other memory layouts, in some libraries. */
    @ParameterizedTest
    @MethodSource("candidates")
    void widerNetworksHaveTheReferencesScores(Candidate engine) {
        Model model = engine.model(Variant.FCN_8S, Backbone.vgg16(1 / 8.0), Geometry.SAME, Upsampling.DENSE);
        Values data = Values.random(new Shape(3, 64, 32), 5);
        Map<String, Values> expected = reference(model, data);
        for (String layer : List.of("conv1_1", "conv3_2", "pool4", "fc6", "fc7")) {
            if (engine.precision() == Precision.INT8) {
                assertClose(run(engine, model, layer, List.of(data)).get(0), expected.get(layer), 0, layer);
            }
        }
        assertClose(
                run(engine, model, Fcn.SCORE, List.of(data)).get(0),
                expected.get(Fcn.SCORE),
                engine.tolerance(),
                engine.toString());
    }

    private static Map<String, Values> reference(Model model, Values data) {
        return model.description().quantisation().isPresent()
                ? new QuantisedReference(model).run(data)
                : new ReferenceExecutor(model.description().network(), model.weights()).run(data);
    }

    /** Whether an engine has to have the very same values: results of quantised layers, and what only chooses among them. */
    private static boolean isOfIntegers(Layer layer, Model model) {
        Quantisation quantisation = model.description().quantisation();
        return quantisation.includes(layer.name())
                || (quantisation.isPresent() && (layer instanceof MaxPool || layer instanceof Dropout));
    }

    private static List<Values> run(Candidate engine, Model model, String layer, List<Values> batch) {
        try (NetworkRunner runner = engine.load(model, layer)) {
            return run(runner, model.description().network(), layer, batch);
        }
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
        Values scores = reference(model, Values.of(data, 0)).get(Fcn.SCORE);
        assertThat(scores.shape()).isEqualTo(new Shape(TinyModels.CLASSES, shape.height(), shape.width()));
        return scores;
    }

    private static void assertClose(Values actual, Values expected, double tolerance, String what) {
        assertThat(actual.shape()).as(what).isEqualTo(expected.shape());
        double scale = expected.maxAbs();
        assertThat(scale).as(what + ": all zero, nothing is compared").isPositive();
        double worst = 0;
        for (int i = 0; i < expected.values().length; i++) {
            worst = Math.max(worst, Math.abs(actual.values()[i] - expected.values()[i]));
        }
        assertThat(worst / scale).as(what).isCloseTo(0, within(tolerance));
    }

    private static void assertLabels(Segmentation segmentation, Values scores, Candidate engine) {
        double nearTie = engine.tolerance() * scores.maxAbs();
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
        assertThat((double) clear / (scores.shape().width() * scores.shape().height()))
                .as("pixels without a near-tie")
                .isGreaterThan(engine.clearPart());
    }
}
