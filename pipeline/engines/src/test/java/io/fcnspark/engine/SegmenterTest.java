package io.fcnspark.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fcnspark.engine.TinyModels.Upsampling;
import io.fcnspark.image.RgbImage;
import io.fcnspark.network.Geometry;
import io.fcnspark.network.Variant;
import io.fcnspark.weights.Model;
import io.fcnspark.weights.ModelException;
import io.fcnspark.weights.Tensor;
import io.fcnspark.weights.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SegmenterTest {
    private static final Model MODEL = TinyModels.model(Variant.FCN_8S, Geometry.SAME, Upsampling.BILINEAR);

    @Test
    void imagesShareABatchIfTheyEnterTheNetworkAtOneSize() {
        try (Segmenter segmenter = load(MODEL)) {
            assertThat(segmenter.batchShape(33, 64)).isEqualTo(new BatchShape(64, 64));
            assertThatThrownBy(
                            () -> segmenter.segment(List.of(TinyModels.image(33, 64, 1), TinyModels.image(33, 65, 1))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("height=64")
                    .hasMessageContaining("height=96");
        }
        try (Segmenter segmenter = load(TinyModels.model(Variant.FCN_8S, Geometry.CAFFE, Upsampling.BILINEAR))) {
            assertThat(segmenter.batchShape(33, 64)).isEqualTo(new BatchShape(64, 33));
        }
    }

    @ParameterizedTest
    @EnumSource(Upsampling.class)
    void anImagesLabelsDoNotDependOnWhatElseIsInItsBatch(Upsampling upsampling) {
        List<RgbImage> images =
                List.of(TinyModels.image(40, 50, 1), TinyModels.image(64, 33, 2), TinyModels.image(33, 64, 3));
        try (Segmenter segmenter = load(TinyModels.model(Variant.FCN_16S, Geometry.SAME, upsampling))) {
            List<Segmentation> together = segmenter.segment(images);
            for (int i = 0; i < images.size(); i++) {
                Segmentation alone = segmenter.segment(List.of(images.get(i))).get(0);
                assertThat(together.get(i).mask()).isEqualTo(alone.mask());
                assertThat(alone.mask().width()).isEqualTo(images.get(i).width());
                assertThat(alone.mask().height()).isEqualTo(images.get(i).height());
            }
        }
    }

    @Test
    void severalThreadsWithDifferentSizesGetWhatOneWouldGet() throws Exception {
        List<RgbImage> images = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            images.add(TinyModels.image(20 + 7 * (i % 9), 90 - 5 * (i % 7), i));
        }
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (Segmenter segmenter = load(MODEL)) {
            List<Future<Segmentation>> results = images.stream()
                    .map(image -> threads.submit(
                            () -> segmenter.segment(List.of(image)).get(0)))
                    .toList();
            for (int i = 0; i < images.size(); i++) {
                Segmentation alone = segmenter.segment(List.of(images.get(i))).get(0);
                assertThat(results.get(i).get().mask()).isEqualTo(alone.mask());
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void weightsThatAreNoNumbersAreRefusedByName() {
        Model broken = withWeight("conv3_2.weight", 7, Float.NaN);
        assertThatThrownBy(() -> load(broken))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("tiny@0123456789ab")
                .hasMessageContaining("value 7 of tensor conv3_2.weight");
    }

    @Test
    void scoresThatOverflowAreAnErrorAndNotClassZero() {
        Model huge = withWeight("score_fr.bias", 2, Float.MAX_VALUE);
        Model model = with(huge, "upscore2.weight", 3e38f);
        try (Segmenter segmenter = load(model)) {
            assertThatThrownBy(() -> segmenter.segment(List.of(TinyModels.image(32, 32, 1))))
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining("tiny@0123456789ab")
                    .hasMessageContaining("layer fuse_pool3")
                    .hasMessageContaining("image of 32x32 pixels");
        }
    }

    @Test
    void anEngineThatCannotRunIsRefusedBeforeAnythingIsLoaded() {
        EngineProvider engine = Engines.installed().named("onnxruntime");
        assertThatThrownBy(() -> Segmenter.load(MODEL, engine, Device.CPU, Precision.FP16, 1))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("onnxruntime cannot run on cpu in fp16");
    }

    private static Segmenter load(Model model) {
        return Segmenter.load(model, Engines.installed().named("onnxruntime"), Device.CPU, Precision.FP32, 1);
    }

    private static Model withWeight(String name, int index, float value) {
        Tensor tensor = MODEL.weights().tensor(name);
        float[] values = values(tensor);
        values[index] = value;
        return replace(MODEL, name, Tensor.of(tensor.shape(), values));
    }

    private static Model with(Model model, String name, float everywhere) {
        Tensor tensor = model.weights().tensor(name);
        float[] values = values(tensor);
        Arrays.fill(values, everywhere);
        return replace(model, name, Tensor.of(tensor.shape(), values));
    }

    private static float[] values(Tensor tensor) {
        float[] values = new float[Math.toIntExact(tensor.size())];
        tensor.floats().get(values);
        return values;
    }

    private static Model replace(Model model, String name, Tensor tensor) {
        Map<String, Tensor> tensors = new LinkedHashMap<>(model.weights().tensors());
        tensors.put(name, tensor);
        return new Model(model.description(), new Weights(tensors));
    }
}
