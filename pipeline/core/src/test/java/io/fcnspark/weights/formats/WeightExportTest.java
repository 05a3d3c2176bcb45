package io.fcnspark.weights.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fcnspark.image.Preprocessing;
import io.fcnspark.network.Architecture.FcnArchitecture;
import io.fcnspark.network.Backbone;
import io.fcnspark.network.Geometry;
import io.fcnspark.network.Variant;
import io.fcnspark.onnx.OnnxExport;
import io.fcnspark.weights.Model;
import io.fcnspark.weights.ModelBundle;
import io.fcnspark.weights.ModelDescription;
import io.fcnspark.weights.ModelException;
import io.fcnspark.weights.RandomWeights;
import io.fcnspark.weights.RandomWeights.ScoreLayers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

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
        assertThat(imported.network().geometry()).isEqualTo(Geometry.SAME);
        assertThat(imported.network().backbone()).isEqualTo(Backbone.vgg16(0.03));
        assertThat(imported.preprocessing()).isEqualTo(Preprocessing.TORCH);
    }

    @Test
    void anExportTellsFcn8sAndAtOnceApart() {
        Path file = folder.resolve("export.safetensors");
        WeightExport.safetensors(model(Variant.FCN_8S_AT_ONCE, Geometry.SAME, 1 / 128.0), file);

        assertThatThrownBy(() -> WeightImport.read(file, WeightFixtures.unprocessed(Variant.FCN_8S)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("is an export of fcn8s-atonce, not of fcn8s; choose the variant fcn8s-atonce");
    }

    @ParameterizedTest
    @EnumSource(Variant.class)
    void importOfAnOnnxExportIsBitIdentical(Variant variant) {
        Model model = model(variant, Geometry.CAFFE, 0.03);
        Path file = folder.resolve("export.onnx");
        OnnxExport.write(model, file);

        ModelDescription imported =
                WeightImport.read(file, WeightFixtures.unprocessed(variant)).save(folder.resolve("imported"), "model");

        assertThat(imported.weightsSha256()).isEqualTo(model.description().weightsSha256());
        assertThat(imported.network().geometry()).isEqualTo(Geometry.CAFFE);
        assertThat(imported.network().backbone()).isEqualTo(Backbone.vgg16(0.03));
        assertThat(imported.preprocessing()).isEqualTo(Preprocessing.TORCH);
    }

    @ParameterizedTest
    @ValueSource(strings = {"torchvision-bfloat16.safetensors", "torchvision-half.safetensors"})
    void exportsKeepHalfPrecision(String name) {
        Path bundle = folder.resolve("half");
        WeightImport.read(WeightFixtures.file(name), WeightFixtures.request(Variant.FCN_8S))
                .save(bundle, "half");
        Model model = ModelBundle.load(bundle);
        Path onnx = folder.resolve("half.onnx");
        Path safetensors = folder.resolve("half.safetensors");
        OnnxExport.write(model, onnx);
        WeightExport.safetensors(model, safetensors);

        for (Path file : List.of(onnx, safetensors)) {
            ModelDescription imported = WeightImport.read(file, WeightFixtures.unprocessed(Variant.FCN_8S))
                    .save(folder.resolve("imported"), "half");
            assertThat(imported.weightsSha256())
                    .as(file.toString())
                    .isEqualTo(model.description().weightsSha256());
        }
    }

    @Test
    void anExportKeepsWhatIsKnownOfTheWeights() {
        Path bundle = folder.resolve("bundle");
        WeightImport.read(WeightFixtures.file("keras.h5"), WeightFixtures.request(Variant.FCN_8S))
                .save(bundle, "vgg16");
        Path file = folder.resolve("vgg16.onnx");
        OnnxExport.write(ModelBundle.load(bundle), file);

        ImportedModel imported = WeightImport.read(file, WeightFixtures.unprocessed(Variant.FCN_8S));

        assertThat(imported.provenance())
                .containsEntry("source", "keras.h5")
                .containsEntry("score_layers", "zero, to be trained")
                .containsEntry("export", "vgg16.onnx")
                .containsEntry("export_format", "onnx")
                .containsKey("export_sha256");
    }

    private Model model(Variant variant, Geometry geometry, double width) {
        ModelDescription unsaved = new ModelDescription(
                "model",
                new FcnArchitecture(variant, Backbone.vgg16(width), geometry),
                WeightFixtures.classes(2),
                Preprocessing.TORCH,
                "0".repeat(64),
                Map.of());
        Path bundle = folder.resolve("bundle");
        ModelBundle.save(
                bundle,
                sha256 -> new ModelDescription(
                        unsaved.name(),
                        unsaved.architecture(),
                        unsaved.classes(),
                        unsaved.preprocessing(),
                        sha256,
                        Map.of()),
                RandomWeights.sources(unsaved.network(), 7, ScoreLayers.HE_NORMAL));
        return ModelBundle.load(bundle);
    }
}
