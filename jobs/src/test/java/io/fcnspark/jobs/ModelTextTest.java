package io.fcnspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fcnspark.image.Preprocessing;
import io.fcnspark.labels.ClassSet;
import io.fcnspark.labels.LabelClass;
import io.fcnspark.network.Architecture.FcnArchitecture;
import io.fcnspark.network.Backbone;
import io.fcnspark.network.Geometry;
import io.fcnspark.network.Variant;
import io.fcnspark.weights.ModelDescription;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ModelTextTest {
    private static ModelDescription model(Variant variant, Geometry geometry, int classes) {
        List<LabelClass> labels = IntStream.range(0, classes)
                .mapToObj(id -> new LabelClass(id, "class-" + id, id))
                .toList();
        return new ModelDescription(
                "street",
                new FcnArchitecture(variant, Backbone.vgg16(), geometry),
                new ClassSet("city", labels, Math.max(255, classes)),
                Preprocessing.TORCH,
                "0123456789abcdef".repeat(4),
                Map.of("trained_on", "synthetic scenes"));
    }

    @Test
    void saysWhatTheModelIs() {
        assertThat(ModelText.text(model(Variant.FCN_8S, Geometry.SAME, 21), 512, 512)
                        .lines()
                        .toList())
                .startsWith(
                        "street@0123456789ab",
                        "  network       fcn8s over vgg16, width 1, geometry same",
                        "  preprocessing RGB, (value * 0.0039215686 - mean) / deviation, mean 0.485 0.456 0.406, deviation 0.229 0.224 0.225",
                        "  classes       21 of city, ignore label 255",
                        "                0 class-0, 1 class-1, 2 class-2, 3 class-3, 4 class-4, 5 class-5, 6 class-6, 7 class-7,")
                .contains(
                        "  weights       sha-256 " + "0123456789abcdef".repeat(4), "  trained_on    synthetic scenes");
    }

    @Test
    void listsLayersForTheSize() {
        String text = ModelText.text(model(Variant.FCN_8S_AT_ONCE, Geometry.CAFFE, 21), 375, 500);
        assertThat(text.lines().map(line -> line.replaceAll(" {2,}", " | ")).toList())
                .contains(
                        "layer | kind | input | kernel | stride | pad | output | parameters | GFLOP | field | every",
                        "data | image | 3x375x500 | 1 | 1",
                        "conv1_1 | convolution, ReLU | data | 3x3 | 1 | 100 | 64x573x698 | 1,792 | 1.382 | 3 | 1",
                        "pool5 | max pool | conv5_3 | 2x2 | 2 | 0 | 512x18x22 | 212 | 32",
                        "fc7 | convolution, ReLU | drop6 | 1x1 | 1 | 0 | 4096x12x16 | 16,781,312 | 6.442 | 404 | 32",
                        "scale_pool3 | times 0.0001 | pool3 | 256x72x88 | 44 | 8",
                        "upscore2 | transposed conv. | score_fr | 4x4 | 2 | 0 | 21x26x34 | 7,056 | 0.003 | 436 | 16",
                        "fuse_pool4 | sum | upscore2 score_pool4c | 21x26x34 | 436 | 16",
                        "score | crop at 31 | upscore8 data | 21x375x500 | 468 | 1")
                .anyMatch(line -> line.startsWith("134,489,759 parameters, 538.0 MB in fp32; "));
    }

    @Test
    void totalsAreThoseOfTheNetwork() {
        assertThat(ModelText.text(model(Variant.FCN_8S, Geometry.SAME, 21), 512, 512))
                .endsWith("134,489,759 parameters, 538.0 MB in fp32; 222.61 GFLOP for an image\n");
    }

    @Test
    void columnsAreAlignedAndNothingTrails() {
        for (Variant variant : Variant.values()) {
            List<String> lines = ModelText.text(model(variant, Geometry.SAME, 300), 97, 1025)
                    .lines()
                    .toList();
            assertThat(lines).allMatch(line -> line.equals(line.stripTrailing()));
            int header = lines.indexOf(lines.stream()
                    .filter(line -> line.startsWith("layer "))
                    .findFirst()
                    .orElseThrow());
            int end = lines.subList(header, lines.size()).indexOf("") + header;
            assertThat(lines.subList(header, end))
                    .extracting(String::length)
                    .containsOnly(lines.get(header).length());
        }
    }

    @Test
    void theTextDoesNotDependOnTheLanguageOfTheMachine() {
        String text = ModelText.text(model(Variant.FCN_16S, Geometry.SAME, 3), 64, 64);
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
            assertThat(ModelText.text(model(Variant.FCN_16S, Geometry.SAME, 3), 64, 64))
                    .isEqualTo(text);
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void sizesMustBePositive() {
        assertThatThrownBy(() -> ModelText.text(model(Variant.FCN_8S, Geometry.SAME, 2), 0, 5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("3x0x5");
    }
}
