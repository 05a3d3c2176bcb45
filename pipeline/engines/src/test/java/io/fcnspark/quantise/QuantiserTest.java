package io.fcnspark.quantise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.fcnspark.engine.Device;
import io.fcnspark.engine.EngineProvider;
import io.fcnspark.engine.Engines;
import io.fcnspark.engine.Precision;
import io.fcnspark.engine.Segmentation;
import io.fcnspark.engine.Segmenter;
import io.fcnspark.image.RgbImage;
import io.fcnspark.labels.Mask;
import io.fcnspark.metrics.ConfusionMatrix;
import io.fcnspark.metrics.MetricsState;
import io.fcnspark.metrics.SegmentationMetrics;
import io.fcnspark.scenes.BundledModel;
import io.fcnspark.scenes.Scene;
import io.fcnspark.scenes.SceneGenerator;
import io.fcnspark.scenes.SceneSizes;
import io.fcnspark.weights.Model;
import io.fcnspark.weights.ModelBundle;
import io.fcnspark.weights.ModelDescription;
import io.fcnspark.weights.ModelException;
import io.fcnspark.weights.TensorSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A trained model keeps its labels in integers, on scenes that it was not calibrated on. */
class QuantiserTest {
    private static final int CLASSES = SceneGenerator.CLASSES.size();

    @TempDir
    private Path folder;

    @Test
    void aTrainedModelKeepsItsLabelsAndItsMeanIou() throws IOException {
        EngineProvider engine = Engines.installed().named("onednn");
        assumeThat(engine.unavailable(Device.CPU, Precision.INT8))
                .as("this processor computes in int8")
                .isEmpty();
        BundledModel.write(folder.resolve("real"));
        Model real = ModelBundle.load(folder.resolve("real"));
        List<RgbImage> sample = scenes(1, 16).stream().map(Scene::image).toList();
        QuantisedWeights made = Quantiser.quantise(real, engine, 1, sample);

        ModelDescription saved = ModelBundle.save(
                folder.resolve("int8"),
                sha256 -> new ModelDescription(
                        "scenes-int8",
                        real.description().architecture(),
                        real.description().classes(),
                        real.description().preprocessing(),
                        sha256,
                        made.quantisation(),
                        Map.of("from", real.description().identity())),
                TensorSource.of(made.weights()));
        Model integers = ModelBundle.load(folder.resolve("int8"));
        assertThat(integers.description()).isEqualTo(saved);
        assertThat(Files.size(folder.resolve("int8").resolve(ModelBundle.WEIGHTS_FILE)))
                .as("a byte a weight, instead of two in bf16")
                .isLessThan(Files.size(folder.resolve("real").resolve(ModelBundle.WEIGHTS_FILE)) * 6 / 10);

        List<Scene> others = scenes(77, 24);
        List<Mask> before = masks(real, engine, Precision.FP32, others);
        List<Mask> after = masks(integers, engine, Precision.INT8, others);
        List<Mask> dequantised = masks(integers, engine, Precision.FP32, others);
        double kept = agreement(before, after);
        double drop = meanIou(before, others) - meanIou(after, others);
        System.out.printf(
                "int8 keeps %.3f %% of fp32's labels, mean IU drops by %.5f, clipping by %s, score error %.4f; with real"
                        + " activations %.3f %%%n",
                100 * kept, drop, made.clipping().id(), made.scoreError(), 100 * agreement(before, dequantised));
        assertThat(kept).isGreaterThanOrEqualTo(0.996);
        assertThat(drop).isLessThanOrEqualTo(0.001);
        assertThat(agreement(before, dequantised)).isGreaterThanOrEqualTo(0.996);

        assertThatThrownBy(() -> Quantiser.quantise(integers, engine, 1, sample))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("is quantised, and quantisation needs real weights")
                .hasMessageContaining(real.description().identity());
        assertThatThrownBy(() -> Segmenter.load(real, engine, Device.CPU, Precision.INT8, 1))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("fcn quantise");
    }

    private static List<Scene> scenes(long seed, int count) {
        SceneGenerator generator = new SceneGenerator(seed, SceneSizes.VARIED);
        return IntStream.range(0, count).mapToObj(generator::scene).toList();
    }

    private static List<Mask> masks(Model model, EngineProvider engine, Precision precision, List<Scene> scenes) {
        try (Segmenter segmenter = Segmenter.load(model, engine, Device.CPU, precision, 1)) {
            return scenes.stream()
                    .map(scene -> segmenter.segment(List.of(scene.image())).get(0))
                    .map(Segmentation::mask)
                    .toList();
        }
    }

    private static double agreement(List<Mask> left, List<Mask> right) {
        ConfusionMatrix sum = confusion(left, right);
        return (double) sum.correctPixels() / sum.pixels();
    }

    private static double meanIou(List<Mask> masks, List<Scene> scenes) {
        List<Mask> truth = scenes.stream().map(Scene::truth).toList();
        return SegmentationMetrics.of(MetricsState.ofImage(confusion(truth, masks)), SceneGenerator.CLASSES)
                .meanIou()
                .orElseThrow();
    }

    private static ConfusionMatrix confusion(List<Mask> truth, List<Mask> predicted) {
        ConfusionMatrix sum = ConfusionMatrix.zero(CLASSES);
        for (int i = 0; i < truth.size(); i++) {
            sum = sum.plus(ConfusionMatrix.of(CLASSES, truth.get(i), predicted.get(i)));
        }
        return sum;
    }
}
