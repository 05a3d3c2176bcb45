package io.fcnspark.weights.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightFormatTest {
    @ParameterizedTest
    @CsvSource({
        "classifier-v1-legacy.caffemodel, CAFFE",
        "classifier-double.caffemodel, CAFFE",
        "fcn32s.caffemodel, CAFFE",
        "torchvision.pth, TORCH",
        "torchvision-legacy.pth, TORCH",
        "timm.safetensors, SAFETENSORS",
        "keras.h5, KERAS",
        "keras-model.h5, KERAS",
        "keras3.weights.h5, KERAS",
        "keras3.keras, KERAS",
        "caffe.h5, CAFFE",
        "vgg16.npy, NUMPY",
        "arrays.npz, NUMPY",
        "arrays-compressed.npz, NUMPY",
        "classifier.onnx, ONNX",
        "classifier-external.onnx, ONNX"
    })
    void contentTellsTheFormatWhateverTheName(String name, WeightFormat format, @TempDir Path folder)
            throws IOException {
        Path anonymous = Files.copy(WeightFixtures.file(name), folder.resolve("download"));

        assertThat(WeightFiles.detect(anonymous)).isEqualTo(format);
    }

    @Test
    void namesAreThoseOfTheCommand() {
        assertThat(WeightFormat.of("safetensors")).isEqualTo(WeightFormat.SAFETENSORS);
        assertThatThrownBy(() -> WeightFormat.of("pth"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "unknown format 'pth': expected one of auto, caffe, torch, safetensors, keras, numpy, onnx");
    }
}
