package io.fcnspark.weights.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.fcnspark.network.Variant;
import io.fcnspark.weights.ModelException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is in a file, an import ends in a model or in a {@link ModelException} that names the file, and executes nothing. */
class BrokenFilesTest {
    private static final Path TRACE = Path.of("fcn-spark-was-here");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "classifier-v1-legacy.caffemodel",
                "classifier-unpacked.caffemodel",
                "torchvision.pth",
                "torchvision-legacy.pth",
                "checkpoint-wrapped.pth",
                "checkpoint-wrapped-legacy.pth",
                "batchnorm.pth",
                "timm.safetensors",
                "keras.h5",
                "keras-model.h5",
                "keras3.weights.h5",
                "keras3.keras",
                "caffe.h5",
                "vgg16.npy",
                "vgg16-protocol2.npy",
                "vgg16-protocol4.npy",
                "arrays.npz",
                "arrays-compressed.npz",
                "classifier.onnx"
            })
    void aFileCutShortIsRefusedWhereverItIsCut(String name) throws IOException {
        byte[] whole = Files.readAllBytes(WeightFixtures.file(name));
        for (double part : new double[] {0.001, 0.01, 0.1, 0.3, 0.5, 0.8, 0.95, 0.999}) {
            Path file = Files.write(folder.resolve(name), Arrays.copyOf(whole, (int) (whole.length * part)));

            assertThatThrownBy(() -> importAndSave(file))
                    .as("%s cut to %s", name, part)
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining(name);
            assertThat(folder.resolve("bundle").resolve("model.json")).doesNotExist();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "classifier-v1-legacy.caffemodel",
                "torchvision.pth",
                "torchvision-legacy.pth",
                "timm.safetensors",
                "checkpoint-wrapped.pth",
                "batchnorm.safetensors",
                "keras.h5",
                "vgg16.npy",
                "arrays.npz",
                "classifier.onnx"
            })
    void randomDamageEndsInAModelOrInAModelException(String name) throws IOException {
        byte[] whole = Files.readAllBytes(WeightFixtures.file(name));
        Random random = new Random(1);
        for (int round = 0; round < 30; round++) {
            byte[] damaged = whole.clone();
            for (int i = 0; i < 4; i++) {
                damaged[random.nextInt(round % 2 == 0 ? Math.min(2000, whole.length) : whole.length)] =
                        (byte) random.nextInt();
            }
            Path file = Files.write(folder.resolve(name), damaged);

            Throwable thrown = catchThrowable(() -> WeightImport.read(file, WeightFixtures.request(Variant.FCN_8S))
                    .tensors()
                    .forEach(source -> assertThat(source.tensor().get().shape()).isEqualTo(source.shape())));

            if (thrown != null) {
                assertThat(thrown).as("%s, round %d", name, round).isInstanceOf(ModelException.class);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "system-call.pth, posix.system",
        "system-call-legacy.pth, posix.system",
        "system-call.npy, posix.system",
        "module.pth, torch.nn.modules.linear.Linear"
    })
    void aPickleThatNamesAnythingElseIsRefusedUnexecuted(String name, String called) {
        assertThatThrownBy(() -> importAndSave(WeightFixtures.file(name)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(name)
                .hasMessageContaining(called)
                .hasMessageContaining("nothing")
                .hasMessageContaining("executed")
                .hasMessageContaining("in Python, save");
        assertThat(TRACE).doesNotExist();
    }

    @Test
    void hdf5WithoutLayersIsNamed() {
        assertThatThrownBy(() -> importAndSave(WeightFixtures.file("no-layers.h5")))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("no-layers.h5")
                .hasMessageContaining("layer_names")
                .hasMessageContaining("model.save_weights(\"vgg16.weights.h5\")");
    }

    @Test
    void transposedShapesAreNamed() {
        assertThatThrownBy(() -> importAndSave(WeightFixtures.file("transposed.caffemodel")))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("transposed.caffemodel")
                .hasMessageContaining("'conv3_1[0]' has shape [3, 3, 1, 2], expected [2, 1, 3, 3] for conv3_1.weight");
    }

    @Test
    void oneArrayIsNoModel() {
        assertThatThrownBy(() -> importAndSave(WeightFixtures.file("one-array.npy")))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("one array of type <f4 and shape [2, 3]");
    }

    @Test
    void whatIsNoFormatOfWeightsIsRefused() throws IOException {
        Path page = Files.writeString(folder.resolve("vgg16.pth"), "<!DOCTYPE html><html>Not found</html>");
        Path empty = Files.createFile(folder.resolve("empty.h5"));
        Path pickle = Files.write(folder.resolve("bare.pkl"), new byte[] {(byte) 0x80, 4, 'N', '.'});
        Path pointer =
                Files.writeString(folder.resolve("vgg16.onnx"), "version https://git-lfs.github.com/spec/v1\noid");
        Path noise = Files.write(folder.resolve("noise.bin"), new byte[] {7, 7, 7, 7});
        Path text = Files.write(folder.resolve("text.onnx"), "name: \"VGG\"".getBytes(StandardCharsets.UTF_8));

        assertThatThrownBy(() -> WeightFiles.detect(page)).hasMessageContaining("is a web page");
        assertThatThrownBy(() -> WeightFiles.detect(empty)).hasMessageContaining("is empty");
        assertThatThrownBy(() -> WeightFiles.detect(pickle)).hasMessageContaining("bare Python pickle");
        assertThatThrownBy(() -> WeightFiles.detect(text))
                .hasMessageContaining("is a prototxt")
                .hasMessageContaining("holds no weights")
                .hasMessageContaining("name the .caffemodel");
        assertThatThrownBy(() -> WeightFiles.detect(pointer)).hasMessageContaining("git lfs pull");
        assertThatThrownBy(() -> WeightFiles.detect(noise)).hasMessageContaining("no known format");
        assertThatThrownBy(() -> WeightFiles.detect(folder)).hasMessageContaining("is a folder");
        assertThatThrownBy(() -> WeightFiles.detect(folder.resolve("absent"))).hasMessageContaining("no such file");
    }

    @Test
    void aFormatThatTheFileDoesNotHaveIsRefused() {
        assertThatThrownBy(() -> WeightFiles.read(WeightFixtures.file("torchvision.pth"), WeightFormat.KERAS))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("is in the format torch, not keras")
                .hasMessageContaining("format torch");
    }

    private void importAndSave(Path file) {
        WeightImport.read(file, WeightFixtures.request(Variant.FCN_8S)).save(folder.resolve("bundle"), "model");
    }
}
