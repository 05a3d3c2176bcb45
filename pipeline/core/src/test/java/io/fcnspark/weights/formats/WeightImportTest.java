package io.fcnspark.weights.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;
import static org.assertj.core.api.Assertions.within;

import io.fcnspark.image.Preprocessing;
import io.fcnspark.network.Backbone;
import io.fcnspark.network.Geometry;
import io.fcnspark.network.Variant;
import io.fcnspark.weights.BilinearKernel;
import io.fcnspark.weights.DataType;
import io.fcnspark.weights.Model;
import io.fcnspark.weights.ModelBundle;
import io.fcnspark.weights.ModelDescription;
import io.fcnspark.weights.ModelException;
import io.fcnspark.weights.Safetensors;
import io.fcnspark.weights.Tensor;
import io.fcnspark.weights.TensorSource;
import io.fcnspark.weights.Weights;
import io.fcnspark.weights.formats.ImportedModel.Contents;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WeightImportTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "classifier-v1-legacy.caffemodel, 0",
        "classifier-double.caffemodel, 0",
        "classifier-unpacked.caffemodel, 0",
        "torchvision.pth, 0",
        "torchvision-legacy.pth, 0",
        "checkpoint-strided.pth, 0",
        "strided-legacy.pth, 0",
        "checkpoint-wrapped.pth, 0",
        "checkpoint-wrapped-legacy.pth, 0",
        "jcjohnson.pth, 0",
        "batchnorm.pth, 0.000001",
        "batchnorm.safetensors, 0.000001",
        "timm.safetensors, 0",
        "torchvision-half.safetensors, 0.00025",
        "torchvision-bfloat16.safetensors, 0.002",
        "keras.h5, 0",
        "keras-model.h5, 0",
        "keras3.weights.h5, 0",
        "keras3-unnamed.weights.h5, 0",
        "keras3.keras, 0",
        "caffe.h5, 0",
        "caffe-tensorflow.npy, 0",
        "vgg16.npy, 0",
        "vgg16-protocol2.npy, 0",
        "vgg16-protocol3.npy, 0",
        "vgg16-protocol4.npy, 0",
        "arrays.npz, 0",
        "arrays-compressed.npz, 0",
        "classifier.onnx, 0",
        "classifier-constants.onnx, 0",
        "classifier-external.onnx, 0",
        "classifier-channels-last.onnx, 0",
        "classifier-batchnorm.onnx, 0.000001",
        "classifier-half.onnx, 0.00025"
    })
    void aClassifierOfAnyFormatBecomesTheSameBackbone(String name, float tolerance) {
        ImportedModel imported = WeightImport.read(WeightFixtures.file(name), WeightFixtures.request(Variant.FCN_8S));
        ModelDescription description = imported.save(folder, "vgg16");
        Weights weights = ModelBundle.load(folder).weights();

        assertThat(imported.contents()).isEqualTo(Contents.CLASSIFIER);
        assertThat(description.network().backbone()).isEqualTo(Backbone.vgg16(1 / 128.0));
        assertThat(description.network().geometry()).isEqualTo(Geometry.SAME);
        for (String layer : WeightFixtures.classifierLayers()) {
            assertHasValues(weights, layer + ".weight", tolerance);
            assertHasValues(weights, layer + ".bias", tolerance);
        }
        assertThat(floats(weights.tensor("score_pool4.weight"))).containsOnly(0);
        assertThat(weights.tensor("upscore8.weight")).isEqualTo(BilinearKernel.diagonal(2, 16));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "classifier-v1-legacy.caffemodel",
                "torchvision.pth",
                "timm.safetensors",
                "keras.h5",
                "vgg16.npy",
                "arrays.npz",
                "classifier.onnx",
                "classifier-channels-last.onnx"
            })
    void fc6AndFc7ComputeAsConvolutionsWhatTheyComputedFullyConnected(String name) throws IOException {
        ImportedModel imported = WeightImport.read(WeightFixtures.file(name), WeightFixtures.request(Variant.FCN_32S));
        float[] features = WeightFixtures.values("features", 4 * 7 * 7);

        // On maps as large as its kernel a convolution has one position.
        double[] fc6 = convolve(imported, "fc6", toDoubles(features));
        double[] fc7 = convolve(imported, "fc7", fc6);

        double[] expected = Files.readAllLines(WeightFixtures.file("fully_connected.txt")).stream()
                .mapToDouble(Double::parseDouble)
                .toArray();
        assertThat(fc7).containsExactly(expected, within(1e-9));
    }

    private static double[] convolve(ImportedModel model, String layer, double[] input) {
        Tensor weight = tensor(model, layer + ".weight");
        FloatBuffer weights = weight.floats();
        FloatBuffer biases = tensor(model, layer + ".bias").floats();
        assertThat(weight.shape().get(1)
                        * weight.shape().get(2)
                        * weight.shape().get(3))
                .isEqualTo(input.length);
        double[] output = new double[weight.shape().get(0)];
        for (int o = 0; o < output.length; o++) {
            double sum = biases.get(o);
            for (int i = 0; i < input.length; i++) {
                sum += weights.get(o * input.length + i) * input[i];
            }
            output[o] = Math.max(sum, 0);
        }
        return output;
    }

    @ParameterizedTest
    @CsvSource({
        "fcn32s.caffemodel, fcn32s",
        "fcn16s.caffemodel, fcn16s",
        "fcn8s.caffemodel, fcn8s",
        "fcn8s-atonce.caffemodel, fcn8s-atonce"
    })
    void aCompleteFcnOfCaffeIsReadyToLabel(String name, String variant) {
        assertIsReadyToLabel(
                WeightImport.read(WeightFixtures.file(name), WeightFixtures.request(Variant.of(variant))),
                Geometry.CAFFE);
    }

    @ParameterizedTest
    @CsvSource({"fcn8s, same", "fcn8s, caffe", "fcn8s-atonce, caffe"})
    void aCompleteFcnOfPyTorchIsReadyToLabelInTheGeometryThatIsGiven(String variant, String geometry) {
        ImportRequest request = new ImportRequest(
                Variant.of(variant),
                WeightFixtures.classes(2),
                Optional.of(PublishedPreprocessing.CAFFE_FCN),
                Optional.of(Geometry.of(geometry)),
                1);

        assertIsReadyToLabel(WeightImport.read(WeightFixtures.file("fcn8s.pth"), request), Geometry.of(geometry));
    }

    @Test
    void layersThatShareTheirWeightsInAGraphAreRead() {
        ImportRequest request = new ImportRequest(
                Variant.FCN_8S,
                WeightFixtures.classes(2),
                Optional.of(PublishedPreprocessing.CAFFE_FCN),
                Optional.of(Geometry.CAFFE),
                1);

        assertIsReadyToLabel(WeightImport.read(WeightFixtures.file("fcn8s-shared.onnx"), request), Geometry.CAFFE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "classifier-dilated.onnx | Conv after the pooling after conv4_3",
                "classifier-rescaling.onnx | Mul after the image"
            })
    void aGraphThatComputesSomethingElseIsRefusedByTheOperatorThatDoes(String name, String operator) {
        assertThatThrownBy(() -> WeightImport.read(WeightFixtures.file(name), WeightFixtures.request(Variant.FCN_8S)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(name)
                .hasMessageContaining("15 Relu, 13 Conv, 5 MaxPool")
                .hasMessageContaining("has the operator " + operator)
                .hasMessageContaining("over VGG16 only");
    }

    @Test
    void geometryAndPreprocessingOfAnFcnUnderTheAuthorsNamesAreAskedForTogether() {
        assertThatThrownBy(() ->
                        WeightImport.read(WeightFixtures.file("fcn8s.pth"), WeightFixtures.unprocessed(Variant.FCN_8S)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("fcn8s.pth: holds a complete FCN, but does not tell in which geometry")
                .hasMessageContaining("choose the geometry caffe")
                .hasMessageContaining(", same for others")
                .hasMessageContaining("one of the preprocessings caffe, ");
        assertThatThrownBy(() ->
                        WeightImport.read(WeightFixtures.file("fcn8s.pth"), WeightFixtures.request(Variant.FCN_8S)))
                .hasMessageContaining("same for others")
                .hasMessageNotContaining("preprocessings");
    }

    @Test
    void publishedConversionsOfPyTorchFcnAreKnownByTheirHash() {
        assertThat(PublishedFcns.contains("dbd9bbb3829a3184913bccc74373afbb")).isTrue();
        assertThat(PublishedFcns.contains(WeightFixtures.file("fcn8s.pth"))).isFalse();
    }

    @Test
    void whatWasDoneToACheckpointIsPartOfItsProvenance() {
        ImportRequest request = WeightFixtures.request(Variant.FCN_8S);

        assertThat(WeightImport.read(WeightFixtures.file("checkpoint-wrapped.pth"), request)
                        .provenance())
                .containsEntry("source_prefix", "model.")
                .doesNotContainKey("batch_normalization");
        assertThat(WeightImport.read(WeightFixtures.file("batchnorm.pth"), request)
                        .provenance())
                .containsEntry("batch_normalization", "folded into the convolutions, epsilon 1.0E-5");
    }

    @ParameterizedTest
    @ValueSource(strings = {"keras-nested.h5", "keras3-nested.weights.h5"})
    void whatStandsBesideANestedVgg16IsLeftOutAndSaid(String name) {
        assertThat(WeightImport.read(WeightFixtures.file(name), WeightFixtures.request(Variant.FCN_8S))
                        .provenance())
                .containsEntry("source_prefix", "vgg16")
                .containsEntry("left_out", "dense[0], dense[1]: beside VGG16");
    }

    @Test
    void aNetworkAroundVgg16IsRefusedWithTheWayToTakeVgg16Alone() {
        assertThatThrownBy(() -> WeightImport.read(
                        WeightFixtures.file("unet.safetensors"), WeightFixtures.request(Variant.FCN_8S)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(
                        "holds VGG16 under 'encoder.' inside another network, with 1 convolution beside it"
                                + " (decoder.weight)")
                .hasMessageContaining("over VGG16 only")
                .hasMessageEndingWith("torch.save(model.encoder.state_dict(), \"vgg16.pth\")");
    }

    @Test
    void aNetworkWithoutVgg16IsDescribed() throws IOException {
        Path file = written(Map.of(
                "backbone.0.0.weight", Tensor.of(List.of(1, 3, 3, 3), new float[27]),
                "backbone.0.1.running_mean", Tensor.of(List.of(1), new float[1]),
                "head.weight", Tensor.of(List.of(2, 1), new float[2])));

        assertThatThrownBy(() -> WeightImport.read(file, WeightFixtures.request(Variant.FCN_8S)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("a network with 1 convolution, 1 batch normalisation, 1 matrix")
                .hasMessageContaining("FCN-32s, FCN-16s and FCN-8s over VGG16 only");
    }

    @Test
    void twoNetworksInOneFileAreRefused() throws IOException {
        WeightFile classifier = WeightFiles.read(WeightFixtures.file("torchvision.pth"), WeightFormat.TORCH);
        Map<String, Tensor> twice = new TreeMap<>();
        classifier.tensors().forEach((name, tensor) -> {
            twice.put("student." + name, tensor);
            twice.put("teacher." + name, tensor);
        });

        Path file = written(twice);

        assertThatThrownBy(() -> WeightImport.read(file, WeightFixtures.request(Variant.FCN_8S)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("holds VGG16 more than once, under 'student.' and 'teacher.'");
    }

    @Test
    void fullyConnectedLayersOfAnotherSizeAreRefusedWithTheWayToTakeTheConvolutions() throws IOException {
        Map<String, Tensor> small =
                new TreeMap<>(WeightFiles.read(WeightFixtures.file("torchvision.pth"), WeightFormat.TORCH)
                        .tensors());
        for (String layer : List.of("classifier.0", "classifier.3")) {
            small.put(layer + ".weight", Tensor.of(List.of(512, 512), new float[512 * 512]));
            small.put(layer + ".bias", Tensor.of(List.of(512), new float[512]));
        }

        Path file = written(small);

        assertThatThrownBy(() -> WeightImport.read(file, WeightFixtures.request(Variant.FCN_8S)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("4 channels in 'features.28.bias' and 512 in 'classifier.3.bias'")
                .hasMessageEndingWith("leave the fully connected layers out of the file");
    }

    private Path written(Map<String, Tensor> tensors) throws IOException {
        Path file = Files.createTempFile(folder, "written", ".safetensors");
        Safetensors.write(
                file,
                Map.of(),
                tensors.entrySet().stream()
                        .map(entry -> TensorSource.of(entry.getKey(), entry.getValue()))
                        .toList());
        return file;
    }

    private void assertIsReadyToLabel(ImportedModel imported, Geometry geometry) {
        imported.save(folder, "fcn");
        Model model = ModelBundle.load(folder);

        assertThat(imported.contents()).isEqualTo(Contents.FCN);
        assertThat(model.description().network().geometry()).isEqualTo(geometry);
        model.weights().tensors().forEach((parameter, tensor) -> {
            if (parameter.startsWith("upscore")) {
                assertThat(tensor)
                        .as(parameter)
                        .isEqualTo(BilinearKernel.diagonal(2, tensor.shape().get(2)));
            } else {
                assertHasValues(model.weights(), parameter, 0);
            }
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "features.pth",
                "features-nan.pth",
                "features-bare.pth",
                "keras-notop.h5",
                "keras-nested.h5",
                "keras3-nested.weights.h5"
            })
    void withoutAClassifierFc6AndFc7AreRandom(String name) {
        ImportedModel imported = WeightImport.read(WeightFixtures.file(name), WeightFixtures.request(Variant.FCN_16S));
        imported.save(folder, "features");
        Weights weights = ModelBundle.load(folder).weights();

        assertThat(imported.contents()).isEqualTo(Contents.FEATURES);
        assertThat(imported.provenance()).containsEntry("fc6_fc7", "random, seed 1");
        assertHasValues(weights, "conv5_3.weight", 0);
        assertThat(weights.tensor("fc6.weight").shape().subList(1, 4)).containsExactly(4, 7, 7);
        float[] fc6 = floats(weights.tensor("fc6.weight"));
        for (float value : fc6) {
            assertThat(value).isFinite();
        }
        assertThat(fc6).doesNotContain(0);
    }

    @Test
    void provenanceTellsWhereTheWeightsAreFrom() {
        ImportedModel imported =
                WeightImport.read(WeightFixtures.file("keras.h5"), WeightFixtures.request(Variant.FCN_8S));

        assertThat(imported.provenance())
                .containsEntry("source", "keras.h5")
                .containsEntry("source_format", "keras")
                .containsEntry("source_names", "Keras")
                .containsEntry("source_holds", "VGG16 classifier")
                .containsEntry("score_layers", "zero, to be trained")
                .containsEntry("fc6_fc7", "from the classifier, as convolutions")
                .hasEntrySatisfying(
                        "source_sha256", sha256 -> assertThat(sha256).matches("[0-9a-f]{64}"));
    }

    @Test
    void halfPrecisionStaysHalfPrecision() {
        ImportedModel bf16 = WeightImport.read(
                WeightFixtures.file("torchvision-bfloat16.safetensors"), WeightFixtures.request(Variant.FCN_8S));
        ImportedModel fp16 = WeightImport.read(
                WeightFixtures.file("torchvision-half.safetensors"), WeightFixtures.request(Variant.FCN_8S));

        assertThat(tensor(bf16, "fc6.weight").dataType()).isEqualTo(DataType.BF16);
        assertThat(tensor(fp16, "fc6.weight").dataType()).isEqualTo(DataType.F16);
    }

    @Test
    void preprocessingIsAskedForWhereNamesDoNotTell() {
        assertThatThrownBy(() -> WeightImport.read(
                        WeightFixtures.file("torchvision.pth"), WeightFixtures.unprocessed(Variant.FCN_8S)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("torchvision.pth")
                .hasMessageContaining("choose one of the preprocessings caffe, caffe-rgb, caffe-fcn")
                .hasMessageContaining("torch-features");
    }

    @Test
    void theSameNamesTakeWhateverPreprocessingIsAskedFor() {
        Path file = WeightFixtures.file("torchvision.pth");
        for (PublishedPreprocessing asked : PublishedPreprocessing.values()) {
            ImportRequest request = new ImportRequest(
                    Variant.FCN_8S,
                    WeightFixtures.classes(2),
                    Optional.of(PublishedPreprocessing.of(asked.id())),
                    Optional.empty(),
                    1);
            assertThat(WeightImport.read(file, request).preprocessing()).isEqualTo(asked.preprocessing());
        }
    }

    @Test
    void kerasWithoutTopTellsItsPreprocessing() {
        ImportedModel imported =
                WeightImport.read(WeightFixtures.file("keras-notop.h5"), WeightFixtures.unprocessed(Variant.FCN_8S));

        assertThat(imported.preprocessing()).isEqualTo(Preprocessing.CAFFE_VGG16);
    }

    @Test
    void theWrongVariantIsNamedAndSoIsTheRightOne() {
        assertThatThrownBy(() -> WeightImport.read(
                        WeightFixtures.file("fcn16s.caffemodel"), WeightFixtures.request(Variant.FCN_8S)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("missing upscore_pool4[0], score_pool3[0], score_pool3[1], upscore8[0]")
                .hasMessageContaining("not part of it upscore16[0]")
                .hasMessageContaining("the file holds fcn16s: choose the variant fcn16s");
        assertThatThrownBy(() -> WeightImport.read(
                        WeightFixtures.file("fcn8s-atonce.caffemodel"), WeightFixtures.request(Variant.FCN_8S)))
                .hasMessageContaining("not part of it scale_pool3[0], scale_pool4[0]")
                .hasMessageContaining("variant fcn8s-atonce");
        assertThatThrownBy(() -> WeightImport.read(
                        WeightFixtures.file("fcn8s.caffemodel"), WeightFixtures.request(Variant.FCN_8S_AT_ONCE)))
                .hasMessageContaining("missing scale_pool4[0], scale_pool3[0]")
                .hasMessageEndingWith("variant fcn8s");
    }

    @Test
    void anotherNumberOfClassesIsNamed() {
        ImportRequest request = new ImportRequest(
                Variant.FCN_8S,
                WeightFixtures.classes(11),
                Optional.of(PublishedPreprocessing.CAFFE_FCN),
                Optional.empty(),
                1);

        assertThatThrownBy(() -> WeightImport.read(WeightFixtures.file("fcn8s.caffemodel"), request))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("'score_fr[1]' is for 2 classes, but 'test' has 11")
                .hasMessageContaining("give the classes");
    }

    @Test
    void otherScalesThanTheAuthorsAreRefused() {
        assertThatThrownBy(() -> WeightImport.read(
                        WeightFixtures.file("fcn8s-atonce-other-scale.caffemodel"),
                        WeightFixtures.request(Variant.FCN_8S_AT_ONCE)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("'scale_pool4[0]' holds the value 0.02, expected the fixed factor 0.01");
    }

    @Test
    void valuesThatAreNoNumbersLeaveNothingBehind() throws IOException {
        // The features' file has void fc6 and fc7; with one of them alone void it is a damaged classifier.
        WeightFile nan = WeightFiles.read(WeightFixtures.file("features-nan.pth"), WeightFormat.TORCH);
        WeightFile good = WeightFiles.read(WeightFixtures.file("torchvision.pth"), WeightFormat.TORCH);
        Map<String, Tensor> tensors = new TreeMap<>(good.tensors());
        tensors.put("classifier.3.weight", nan.tensors().get("classifier.3.weight"));
        Path file = written(tensors);
        ImportedModel imported = WeightImport.read(file, WeightFixtures.request(Variant.FCN_8S));
        Path bundle = folder.resolve("bundle");

        assertThatThrownBy(() -> imported.save(bundle, "broken"))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("'classifier.3.weight' holds the value NaN at index 0");
        assertThat(bundle).isEmptyDirectory();
    }

    private static void assertHasValues(Weights weights, String name, float tolerance) {
        Tensor tensor = weights.tensor(name);
        float[] found = floats(tensor);
        float[] expected = WeightFixtures.values(name, found.length);
        for (int i = 0; i < found.length; i++) {
            if (!(Math.abs(found[i] - expected[i]) <= tolerance)) {
                fail("%s: value %d is %s, expected %s", name, i, found[i], expected[i]);
            }
        }
    }

    private static Tensor tensor(ImportedModel model, String name) {
        return model.tensors().stream()
                .filter(source -> source.name().equals(name))
                .findFirst()
                .orElseThrow()
                .tensor()
                .get();
    }

    private static float[] floats(Tensor tensor) {
        float[] values = new float[Math.toIntExact(tensor.size())];
        tensor.floats().get(values);
        return values;
    }

    private static double[] toDoubles(float[] values) {
        double[] doubles = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            doubles[i] = values[i];
        }
        return doubles;
    }
}
