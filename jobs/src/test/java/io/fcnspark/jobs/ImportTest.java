package io.fcnspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.fcnspark.image.Preprocessing;
import io.fcnspark.network.Backbone;
import io.fcnspark.network.Geometry;
import io.fcnspark.network.Variant;
import io.fcnspark.weights.ModelBundle;
import io.fcnspark.weights.ModelDescription;
import io.fcnspark.weights.Safetensors;
import io.fcnspark.weights.Tensor;
import io.fcnspark.weights.TensorSource;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The verbs {@code import} and {@code export} as a user meets them, mistakes included. */
class ImportTest {
    /** Of torchvision's convolutions: position among the layers, inputs and outputs, in a net of 1/64 of the width. */
    private static final int[][] CONVOLUTIONS = {
        {0, 3, 1},
        {2, 1, 1},
        {5, 1, 2},
        {7, 2, 2},
        {10, 2, 4},
        {12, 4, 4},
        {14, 4, 4},
        {17, 4, 8},
        {19, 8, 8},
        {21, 8, 8},
        {24, 8, 8},
        {26, 8, 8},
        {28, 8, 8}
    };

    @TempDir
    private Path folder;

    private StringWriter out;
    private StringWriter err;
    private Path bundle;

    @BeforeEach
    void streams() {
        out = new StringWriter();
        err = new StringWriter();
        bundle = folder.resolve("bundle");
    }

    @Test
    void aClassifierBecomesANetworkToBeTrained() {
        Path file = classifier("my vgg16.safetensors", Map.of());

        assertThat(importing(file, "--variant", "fcn8s", "--labels", "camvid", "--preprocessing", "torch"))
                .as(err.toString())
                .isZero();

        ModelDescription model = ModelBundle.load(bundle).description();
        assertThat(model.name()).isEqualTo("my-vgg16");
        assertThat(model.network().variant()).isEqualTo(Variant.FCN_8S);
        assertThat(model.network().backbone()).isEqualTo(Backbone.vgg16(1 / 64.0));
        assertThat(model.network().geometry()).isEqualTo(Geometry.SAME);
        assertThat(model.classes().name()).isEqualTo("camvid");
        assertThat(model.preprocessing()).isEqualTo(Preprocessing.TORCH);
        assertThat(out.toString().lines())
                .startsWith(
                        model.identity(),
                        "  network       fcn8s over vgg16, width 0.015625, geometry same",
                        "  preprocessing RGB, (value * 0.0039215686 - mean) / deviation, mean 0.485 0.456 0.406, deviation 0.229 0.224 0.225",
                        "  classes       11 of camvid, ignore label 11")
                .contains(
                        "  source        my vgg16.safetensors",
                        "  source_format safetensors",
                        "  source_names  torchvision",
                        "  source_holds  VGG16 classifier",
                        "  fc6_fc7       from the classifier, as convolutions",
                        "  score_layers  zero, to be trained",
                        "written to " + bundle);
        assertThat(err.toString()).isEmpty();

        String summary = out.toString();
        streams();
        assertThat(fcn("inspect", "--model", bundle.toString(), "--size", "64x64"))
                .isZero();
        assertThat(out.toString()).contains("conv1_1", "1x64x64", "fc6", "64x2x2");
        assertThat(out.toString().lines())
                .containsAll(
                        summary.lines().filter(line -> line.startsWith("  ")).toList());
    }

    @Test
    void optionsDecideWhatTheFileLeavesOpen() {
        Path file = classifier("vgg16.safetensors", Map.of());

        assertThat(importing(
                        file,
                        "--format",
                        "safetensors",
                        "--variant",
                        "fcn32s",
                        "--labels",
                        "voc",
                        "--preprocessing",
                        "caffe",
                        "--geometry",
                        "caffe",
                        "--name",
                        "pascal"))
                .as(err.toString())
                .isZero();

        ModelDescription model = ModelBundle.describe(bundle);
        assertThat(model.name()).isEqualTo("pascal");
        assertThat(model.network().geometry()).isEqualTo(Geometry.CAFFE);
        assertThat(model.preprocessing()).isEqualTo(Preprocessing.CAFFE_VGG16);
    }

    @Test
    void theSeedIsThatOfWhatTheFileDoesNotHave() {
        Map<String, Tensor> features = new LinkedHashMap<>(classifier());
        features.keySet().removeIf(name -> name.startsWith("classifier"));
        Path file = written("features.safetensors", features);
        List<String> hashes = new ArrayList<>();
        for (String seed : List.of("1", "1", "2")) {
            assertThat(importing(
                            file, "--variant", "fcn16s", "--labels", "voc", "--preprocessing", "torch", "--seed", seed))
                    .as(err.toString())
                    .isZero();
            hashes.add(ModelBundle.describe(bundle).weightsSha256());
        }

        assertThat(hashes.get(1)).isEqualTo(hashes.get(0));
        assertThat(hashes.get(2)).isNotEqualTo(hashes.get(0));
        assertThat(out.toString()).contains("  fc6_fc7       random, seed 2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"onnx", "safetensors"})
    void anExportComesBackAsTheVerySameModel(String format) {
        Path original = folder.resolve("original");
        assertThat(fcn(
                        "init",
                        "--variant=fcn8s-atonce",
                        "--labels=camvid",
                        "--width=0.02",
                        "--geometry=caffe",
                        "--output=" + original))
                .isZero();
        ModelDescription before = ModelBundle.describe(original);
        Path file = folder.resolve("net." + format);
        streams();

        assertThat(fcn("export", "--model=" + original, "--format=" + format, "--output=" + file))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).startsWith(before.identity() + " in " + file + ": ");
        assertThat(importing(file)).as(err.toString()).isZero();

        ModelDescription after = ModelBundle.load(bundle).description();
        assertThat(after.provenance()).containsAllEntriesOf(before.provenance()).containsEntry("export_format", format);
        assertThat(after)
                .usingRecursiveComparison()
                .ignoringFields("provenance")
                .isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--format=tensorflow | auto, caffe, torch, safetensors, keras, numpy, onnx",
                "--variant=fcn4s | fcn32s, fcn16s, fcn8s, fcn8s-atonce",
                "--labels=nyu | voc, camvid",
                "--preprocessing=imagenet | caffe, caffe-rgb, caffe-fcn",
                "--geometry=round | same, caffe",
                "--name=a/b | letters, digits",
                "--seed=x | --seed"
            })
    void wrongOptionsAreUsageErrorsThatSayWhatIsExpected(String option, String expected) {
        Path file = classifier("vgg16.safetensors", Map.of());
        assertThat(importing(file, "--variant=fcn8s", "--labels=voc", "--preprocessing=torch", option))
                .isEqualTo(2);
        assertThat(err.toString()).startsWith("fcn import: ").contains(expected);
        assertThat(bundle).doesNotExist();
    }

    @Test
    void variantAndLabelsAreRequiredUnlessTheFileTellsThem() {
        Path file = classifier("vgg16.safetensors", Map.of());
        assertThat(importing(file, "--labels=voc")).isEqualTo(2);
        assertThat(err.toString()).contains("Missing required option: '--variant=VARIANT'", "vgg16.safetensors");
        streams();
        assertThat(importing(file, "--variant=fcn8s")).isEqualTo(2);
        assertThat(err.toString()).contains("Missing required option: '--labels=NAME|FILE'");
        assertThat(bundle).doesNotExist();
    }

    @Test
    void whatAFileDoesNotTellIsAskedFor() {
        Path file = classifier("vgg16.safetensors", Map.of());
        assertThat(importing(file, "--variant=fcn8s", "--labels=voc")).isEqualTo(3);
        assertThat(err.toString())
                .contains("vgg16.safetensors", "one of the preprocessings caffe", "(option --preprocessing)");
        assertThat(bundle).doesNotExist();
    }

    @Test
    void brokenFilesEndInThreeAndLeaveNothingBehind() throws IOException {
        Path whole = classifier("whole.safetensors", Map.of());
        byte[] bytes = Files.readAllBytes(whole);
        Path cut = Files.write(folder.resolve("cut.safetensors"), Arrays.copyOf(bytes, bytes.length / 2));
        Path page = Files.writeString(folder.resolve("page.pth"), "<!DOCTYPE html><html>Not found</html>");
        Path shape = classifier(
                "shape.safetensors", Map.of("features.10.weight", Tensor.of(List.of(3, 3, 2, 4), new float[72])));
        float[] values = new float[4];
        values[2] = Float.NaN;
        Path diverged = classifier("diverged.safetensors", Map.of("features.10.bias", Tensor.of(List.of(4), values)));
        Path surplus =
                classifier("surplus.safetensors", Map.of("features.30.weight", Tensor.of(List.of(1), new float[1])));

        assertIsRefused(folder.resolve("none.pth"), "none.pth", "no such file");
        assertIsRefused(cut, "cut.safetensors: tensor 'classifier.6.weight' ends at", "download");
        assertIsRefused(page, "page.pth", "web page");
        assertIsRefused(shape, "'features.10.weight' has shape [3, 3, 2, 4], expected [4, 2, 3, 3]", "conv3_1");
        assertIsRefused(diverged, "'features.10.bias' holds the value NaN at index 2", "take another");
        assertIsRefused(surplus, "missing nothing; not part of it features.30.weight");
    }

    @Test
    void anExportOverTheModelItselfIsRefused() {
        assertThat(fcn("init", "--variant=fcn32s", "--labels=camvid", "--width=0.02", "--output=" + bundle))
                .isZero();
        Path weights = bundle.resolve("weights.safetensors");
        assertThat(fcn("export", "--model=" + bundle, "--format=safetensors", "--output=" + weights))
                .isEqualTo(3);
        assertThat(err.toString()).contains("is a file of the model itself");
        assertThat(ModelBundle.load(bundle).description().network().variant()).isEqualTo(Variant.FCN_32S);
    }

    @Test
    void exportsThatCannotBeMadeSayWhy() {
        assertThat(fcn("init", "--variant=fcn32s", "--labels=camvid", "--width=0.02", "--output=" + bundle))
                .isZero();
        Path file = folder.resolve("net.caffemodel");
        assertThat(fcn("export", "--model=" + bundle, "--format=caffe", "--output=" + file))
                .isEqualTo(2);
        assertThat(err.toString()).contains("unknown format 'caffe': expected one of onnx, safetensors");
        streams();
        assertThat(fcn("export", "--model=" + folder.resolve("none"), "--format=onnx", "--output=" + file))
                .isEqualTo(3);
        assertThat(err.toString()).contains("there is no model");
        assertThat(file).doesNotExist();
        for (String format : List.of("onnx", "safetensors")) {
            streams();
            assertThat(fcn("export", "--model=" + bundle, "--format=" + format, "--output=" + folder + "/no/net"))
                    .isEqualTo(3);
            assertThat(err.toString()).contains("/no/net: cannot be written", "check that the folder exists");
        }
    }

    private void assertIsRefused(Path file, String... words) {
        streams();
        assertThat(importing(file, "--variant=fcn8s", "--labels=voc", "--preprocessing=torch"))
                .isEqualTo(3);
        assertThat(err.toString()).startsWith("fcn import: ").contains(words).doesNotContain("\tat ");
        assertThat(err.toString().lines()).hasSize(1);
        assertThat(out.toString()).isEmpty();
        if (Files.exists(bundle)) {
            assertThat(bundle).isEmptyDirectory();
        }
    }

    private int importing(Path file, String... more) {
        List<String> arguments =
                new ArrayList<>(List.of("import", "--weights", file.toString(), "--output", bundle.toString()));
        arguments.addAll(List.of(more));
        return fcn(arguments.toArray(String[]::new));
    }

    private int fcn(String... arguments) {
        return Fcn.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    }

    /** A slim VGG16 under torchvision's names, with some tensors replaced or added. */
    private Path classifier(String name, Map<String, Tensor> others) {
        Map<String, Tensor> tensors = classifier();
        tensors.putAll(others);
        return written(name, tensors);
    }

    private Path written(String name, Map<String, Tensor> tensors) {
        Path file = folder.resolve(name);
        List<TensorSource> sources = tensors.entrySet().stream()
                .map(entry -> TensorSource.of(entry.getKey(), entry.getValue()))
                .toList();
        Safetensors.write(file, Map.of("format", "pt"), sources);
        return file;
    }

    private static Map<String, Tensor> classifier() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (int[] convolution : CONVOLUTIONS) {
            put(tensors, "features." + convolution[0], List.of(convolution[2], convolution[1], 3, 3));
        }
        put(tensors, "classifier.0", List.of(64, 8 * 7 * 7));
        put(tensors, "classifier.3", List.of(64, 64));
        put(tensors, "classifier.6", List.of(1000, 64));
        return tensors;
    }

    private static void put(Map<String, Tensor> tensors, String layer, List<Integer> shape) {
        int size = shape.stream().reduce(1, Math::multiplyExact);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (i % 7 - 3) / 8f;
        }
        tensors.put(layer + ".weight", Tensor.of(shape, values));
        tensors.put(layer + ".bias", Tensor.of(shape.subList(0, 1), new float[shape.get(0)]));
    }
}
