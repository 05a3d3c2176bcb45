package io.fcnspark.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fcnspark.image.Preprocessing;
import io.fcnspark.labels.ClassSet;
import io.fcnspark.labels.LabelClass;
import io.fcnspark.network.Backbone;
import io.fcnspark.network.Fcn;
import io.fcnspark.network.Geometry;
import io.fcnspark.network.Variant;
import io.fcnspark.weights.RandomWeights.ScoreLayers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ModelBundleTest {
    private static final ClassSet CLASSES = new ClassSet(
            "scenes",
            List.of(
                    new LabelClass(0, "sky", 0x80c0ff),
                    new LabelClass(1, "road", 0x00000a),
                    new LabelClass(2, "größe", 0xffffff)),
            255);
    private static final Fcn NETWORK = Fcn.of(Variant.FCN_8S, Backbone.vgg16(1.0 / 64), 3, Geometry.CAFFE);
    private static final List<TensorSource> TENSORS = RandomWeights.sources(NETWORK, 5, ScoreLayers.HE_NORMAL);

    @TempDir
    private Path temporary;

    private Path folder;

    @BeforeEach
    void newFolder() {
        folder = temporary.resolve("models/scenes");
    }

    private static ModelDescription describe(String sha256) {
        return new ModelDescription(
                "scenes-slim", NETWORK.architecture(), CLASSES, Preprocessing.TORCH, sha256, Map.of("seed", "5"));
    }

    @Test
    void loadsWhatWasSaved() throws IOException {
        ModelDescription saved = ModelBundle.save(folder, ModelBundleTest::describe, TENSORS);
        Model loaded = ModelBundle.load(folder);

        assertThat(loaded.description()).isEqualTo(saved);
        assertThat(saved.weightsSha256()).isEqualTo(Sha256.of(folder.resolve(ModelBundle.WEIGHTS_FILE)));
        assertThat(loaded.weights()).isEqualTo(RandomWeights.of(NETWORK, 5, ScoreLayers.HE_NORMAL));
        assertThat(ModelBundle.describe(folder)).isEqualTo(saved);
        // Saving again gives the same bytes.
        byte[] before = Files.readAllBytes(folder.resolve(ModelBundle.WEIGHTS_FILE));
        assertThat(ModelBundle.save(folder, ModelBundleTest::describe, TENSORS)).isEqualTo(saved);
        assertThat(folder.resolve(ModelBundle.WEIGHTS_FILE)).hasBinaryContent(before);
        try (var files = Files.list(folder)) {
            assertThat(files).hasSize(2);
        }
    }

    @Test
    void tensorsThatAreNotTheNetworksAreNotSaved() {
        List<TensorSource> surplus = new ArrayList<>(TENSORS.subList(1, TENSORS.size()));
        surplus.add(TensorSource.of("conv9.weight", Tensor.of(List.of(1), new float[1])));
        assertThatThrownBy(() -> ModelBundle.save(folder, ModelBundleTest::describe, surplus))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("conv1_1.weight is missing (expected shape [1, 3, 3, 3])")
                .hasMessageContaining("conv9.weight of shape [1] is not part of the network");
        assertThat(folder).doesNotExist();
    }

    @Test
    void noModelIsSaidSo() throws IOException {
        assertThatThrownBy(() -> ModelBundle.load(folder))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith(folder + ": there is no model")
                .hasMessageContaining("model.json and weights.safetensors");
        Files.createDirectories(folder);
        assertThatThrownBy(() -> ModelBundle.load(folder))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("there is no model");
        Files.writeString(folder.resolve("model.json"), ModelDescriptionJson.write(describe("0".repeat(64))));
        assertThatThrownBy(() -> ModelBundle.load(folder))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("weights.safetensors: there is no such file");
    }

    @Test
    void anotherNetworkIsNamedTensorByTensor() throws IOException {
        ModelBundle.save(folder, ModelBundleTest::describe, TENSORS);
        replaceInDescription("\"fcn8s\"", "\"fcn16s\"");
        assertThatThrownBy(() -> ModelBundle.load(folder))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith(folder.resolve("weights.safetensors") + ": the weights do not fit fcn16s")
                .hasMessageContaining("upscore16.weight is missing (expected shape [3, 3, 32, 32])")
                .hasMessageContaining("upscore8.weight of shape [3, 3, 16, 16] is not part of the network")
                .hasMessageContaining("model.json");
        replaceInDescription("\"fcn16s\"", "\"fcn8s\"");
        replaceInDescription("0.015625", "0.03125");
        assertThatThrownBy(() -> ModelBundle.load(folder))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("conv1_1.weight has shape [1, 3, 3, 3], expected [2, 3, 3, 3]")
                .hasMessageContaining("and 28 more");
    }

    @Test
    void aChangedByteIsFound() throws IOException {
        ModelBundle.save(folder, ModelBundleTest::describe, TENSORS);
        byte[] bytes = Files.readAllBytes(folder.resolve(ModelBundle.WEIGHTS_FILE));
        bytes[bytes.length - 1] ^= 1;
        Files.write(folder.resolve(ModelBundle.WEIGHTS_FILE), bytes);
        assertThatThrownBy(() -> ModelBundle.load(folder))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("weights.safetensors: has SHA-256 ")
                .hasMessageContaining("copy or import both again");
    }

    @Test
    void whereNothingCanBeWrittenIsSaidSo() throws IOException {
        Files.writeString(temporary.resolve("models"), "a file");
        assertThatThrownBy(() -> ModelBundle.save(folder, ModelBundleTest::describe, TENSORS))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(folder + ": cannot be written");
    }

    private void replaceInDescription(String from, String to) throws IOException {
        Path file = folder.resolve("model.json");
        String json = Files.readString(file);
        assertThat(json).contains(from);
        Files.writeString(file, json.replace(from, to));
    }
}
