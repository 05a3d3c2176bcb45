package io.fcnspark.weights.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fcnspark.engine.onnxruntime.OnnxExport;
import io.fcnspark.image.Preprocessing;
import io.fcnspark.network.Backbone;
import io.fcnspark.network.Geometry;
import io.fcnspark.network.Variant;
import io.fcnspark.weights.Model;
import io.fcnspark.weights.ModelBundle;
import io.fcnspark.weights.ModelDescription;
import io.fcnspark.weights.ModelException;
import io.fcnspark.weights.RandomWeights;
import io.fcnspark.weights.RandomWeights.ScoreLayers;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WeightExportTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(Variant.class)
    void importOfASafetensorsExportIsBitIdentical(Variant variant) {
        // A width that the number of channels alone does not tell: rounding hides it.
        Model model = model(variant, Geometry.SAME, 0.03);
        Path file = folder.resolve("export.safetensors");
        WeightExport.safetensors(model, file);

        ModelDescription imported =
                WeightImport.read(file, WeightFixtures.unprocessed(variant)).save(folder.resolve("imported"), "model");

        assertThat(imported.weightsSha256()).isEqualTo(model.description().weightsSha256());
        assertThat(imported.geometry()).isEqualTo(Geometry.SAME);
        assertThat(imported.backbone()).isEqualTo(Backbone.vgg16(0.03));
        assertThat(imported.preprocessing()).isEqualTo(Preprocessing.TORCH);
    }

    @Test
    void anExportTellsFcn8sAndAtOnceApart() {
        Path file = folder.resolve("export.safetensors");
        WeightExport.safetensors(model(Variant.FCN_8S_AT_ONCE, Geometry.SAME, 1 / 128.0), file);

        assertThatThrownBy(() -> WeightImport.read(file, WeightFixtures.unprocessed(Variant.FCN_8S)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("is an export of fcn8s-atonce, not of fcn8s; give --variant fcn8s-atonce");
    }

    @ParameterizedTest
    @EnumSource(Variant.class)
    void importOfAnOnnxExportIsBitIdentical(Variant variant) throws IOException {
        Model model = model(variant, Geometry.CAFFE, 1 / 128.0);
        Path file = folder.resolve("export.onnx");
        try (OutputStream out = Files.newOutputStream(file)) {
            OnnxExport.write(model.description().network(), model.weights(), out);
        }

        assertThatThrownBy(() -> WeightImport.read(file, WeightFixtures.request(variant)))
                .hasMessageContaining("--geometry caffe");
        ImportRequest request = new ImportRequest(
                Optional.empty(),
                variant,
                WeightFixtures.classes(2),
                Optional.of(PublishedPreprocessing.TORCH),
                Optional.of(Geometry.CAFFE),
                1);
        ModelDescription imported = WeightImport.read(file, request).save(folder.resolve("imported"), "model");

        assertThat(imported.weightsSha256()).isEqualTo(model.description().weightsSha256());
    }

    private Model model(Variant variant, Geometry geometry, double width) {
        ModelDescription unsaved = new ModelDescription(
                "model",
                variant,
                Backbone.vgg16(width),
                geometry,
                WeightFixtures.classes(2),
                Preprocessing.TORCH,
                "0".repeat(64),
                Map.of());
        Path bundle = folder.resolve("bundle");
        ModelBundle.save(
                bundle,
                sha256 -> new ModelDescription(
                        unsaved.name(),
                        variant,
                        unsaved.backbone(),
                        geometry,
                        unsaved.classes(),
                        unsaved.preprocessing(),
                        sha256,
                        Map.of()),
                RandomWeights.sources(unsaved.network(), 7, ScoreLayers.HE_NORMAL));
        return ModelBundle.load(bundle);
    }
}
