package io.fcnspark.quantise;

import io.fcnspark.engine.Device;
import io.fcnspark.engine.EngineProvider;
import io.fcnspark.engine.Precision;
import io.fcnspark.engine.Segmenter;
import io.fcnspark.labels.ClassSet;
import io.fcnspark.labels.Mask;
import io.fcnspark.metrics.ConfusionMatrix;
import io.fcnspark.metrics.MetricsState;
import io.fcnspark.metrics.SegmentationMetrics;
import io.fcnspark.weights.Model;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a quantised model keeps of the labels of the model that it was made from.
 *
 * @param images that were labelled with both
 * @param labelsKept share of their pixels with the same label, 0 to 1
 * @param before mean IU of the model of real numbers, over the images with truth; empty without
 * @param after that of the quantised one
 */
public record Comparison(int images, double labelsKept, OptionalDouble before, OptionalDouble after) {
    /** What is lost: mean IU where there is truth, else the share of labels that are others. */
    public double drop() {
        return before.isPresent() && after.isPresent() ? before.getAsDouble() - after.getAsDouble() : 1 - labelsKept;
    }

    /**
     * Labels images with both models.
     *
     * @param real computed in fp32
     * @param integers computed in int8
     * @param examples one at least
     */
    public static Comparison of(
            Model real, Model integers, EngineProvider engine, int threads, List<Example> examples) {
        int classes = real.description().classes().size();
        ConfusionMatrix both = ConfusionMatrix.zero(classes);
        ConfusionMatrix before = ConfusionMatrix.zero(classes);
        ConfusionMatrix after = ConfusionMatrix.zero(classes);
        boolean truth = false;
        try (Segmenter exact = Segmenter.load(real, engine, Device.CPU, Precision.FP32, threads);
                Segmenter quick = Segmenter.load(integers, engine, Device.CPU, Precision.INT8, threads)) {
            for (Example example : examples) {
                Mask expected = exact.segment(List.of(example.image())).get(0).mask();
                Mask actual = quick.segment(List.of(example.image())).get(0).mask();
                both = both.plus(ConfusionMatrix.of(classes, expected, actual));
                Optional<Mask> known = example.truth();
                if (known.isPresent()) {
                    truth = true;
                    before = before.plus(ConfusionMatrix.of(classes, known.get(), expected));
                    after = after.plus(ConfusionMatrix.of(classes, known.get(), actual));
                }
            }
        }
        ClassSet names = real.description().classes();
        return new Comparison(
                examples.size(),
                (double) both.correctPixels() / both.pixels(),
                truth ? meanIou(before, names) : OptionalDouble.empty(),
                truth ? meanIou(after, names) : OptionalDouble.empty());
    }

    private static OptionalDouble meanIou(ConfusionMatrix confusion, ClassSet classes) {
        return SegmentationMetrics.of(MetricsState.ofImage(confusion), classes).meanIou();
    }
}
