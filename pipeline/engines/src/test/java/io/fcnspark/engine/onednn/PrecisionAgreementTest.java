package io.fcnspark.engine.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.fcnspark.engine.Device;
import io.fcnspark.engine.Engines;
import io.fcnspark.engine.Precision;
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
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A trained model, on what it was trained for, says the same in bf16, in fp32, and in another engine. */
class PrecisionAgreementTest {
    private static final int CLASSES = SceneGenerator.CLASSES.size();

    @TempDir
    private Path folder;

    @Test
    void aTrainedModelLabelsAlikeInBothPrecisionsAndAsAnotherEngine() throws IOException {
        assumeThat(new OneDnnProvider().unavailable(Device.CPU, Precision.BF16))
                .as("this processor computes in bf16")
                .isEmpty();
        BundledModel.write(folder);
        Model model = ModelBundle.load(folder);
        SceneGenerator generator = new SceneGenerator(77, SceneSizes.VARIED);
        List<Scene> scenes = IntStream.range(0, 12).mapToObj(generator::scene).toList();
        List<Mask> fp32 = masks(model, "onednn", Precision.FP32, scenes);
        List<Mask> bf16 = masks(model, "onednn", Precision.BF16, scenes);
        List<Mask> other = masks(model, "onnxruntime", Precision.FP32, scenes);

        double halves = agreement(fp32, bf16);
        double engines = agreement(fp32, other);
        System.out.printf(
                "bf16 agrees with fp32 on %.4f %% of pixels, mean IU %.4f and %.4f; another engine on %.5f %%%n",
                100 * halves, meanIou(bf16, scenes), meanIou(fp32, scenes), 100 * engines);
        assertThat(halves).isGreaterThanOrEqualTo(0.995);
        assertThat(engines).isGreaterThanOrEqualTo(0.9999);
        assertThat(meanIou(bf16, scenes)).isCloseTo(meanIou(fp32, scenes), within(0.002));
    }

    private static List<Mask> masks(Model model, String engine, Precision precision, List<Scene> scenes) {
        try (Segmenter segmenter = Segmenter.load(model, Engines.installed().named(engine), Device.CPU, precision, 1)) {
            return scenes.stream()
                    .map(scene -> List.<RgbImage>of(scene.image()))
                    .map(images -> segmenter.segment(images).get(0).mask())
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
