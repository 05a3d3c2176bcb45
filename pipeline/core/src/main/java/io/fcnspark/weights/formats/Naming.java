package io.fcnspark.weights.formats;

import io.fcnspark.weights.FullyConnected.FlattenOrder;
import io.fcnspark.weights.ModelException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * How a file names and lays out the tensors of VGG16 and of the networks made from it.
 *
 * @param scheme whose names they are
 * @param order in which a fully connected layer's inputs are flattened; with it goes the layout of convolutions: OIHW with
 *     {@link FlattenOrder#CHW}, HWIO with {@link FlattenOrder#HWC}
 * @param published gives the file's name of a parameter of the network, for example of {@code conv1_1.weight}
 */
record Naming(Scheme scheme, FlattenOrder order, UnaryOperator<String> published) {
    /** The classifier's last layer, which no FCN has. */
    static final String CLASSIFIER_HEAD = "fc8";

    /** Layers of VGG16 with weights, in their order. */
    static final List<String> VGG16 = List.of(
            "conv1_1",
            "conv1_2",
            "conv2_1",
            "conv2_2",
            "conv3_1",
            "conv3_2",
            "conv3_3",
            "conv4_1",
            "conv4_2",
            "conv4_3",
            "conv5_1",
            "conv5_2",
            "conv5_3",
            "fc6",
            "fc7",
            CLASSIFIER_HEAD);

    /** Those of them that are convolutions in VGG16 itself. */
    static final List<String> CONVOLUTIONS = VGG16.subList(0, 13);

    /** Positions of the convolutions in torchvision's list of layers, which counts ReLU and pooling too. */
    private static final List<Integer> TORCHVISION = List.of(0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28);

    /** In the names of the authors' SIFT Flow nets, which have a head for semantic and one for geometric classes. */
    private static final String SEMANTIC = "_sem";

    private static final String GEOMETRIC = "_geo";

    /** Tools and repositories with names of their own. */
    enum Scheme {
        FCN("layer names of the FCN authors"),
        CAFFE("Caffe"),
        CAFFE_SIFT_FLOW("Caffe, SIFT Flow"),
        TENSORFLOW_VGG("tensorflow-vgg"),
        NUMPY_ARCHIVE("NumPy archive"),
        TORCHVISION("torchvision"),
        TIMM("timm"),
        KERAS("Keras"),
        ONNX_ZOO("ONNX model zoo"),
        ONNX_GRAPH("places in an ONNX graph");

        private final String description;

        Scheme(String description) {
            this.description = description;
        }

        @Override
        public String toString() {
            return description;
        }
    }

    /**
     * Finds out how a file names its tensors.
     *
     * @throws ModelException if it does so in no known way
     */
    static Naming of(WeightFile file) {
        return candidates(file)
                .filter(naming -> file.tensors().containsKey(naming.name("conv1_1.weight")))
                .findFirst()
                .orElseThrow(() -> new ModelException(
                        "%s: holds no VGG16 and no FCN under names that are known, but a network with %s: %s; %s: name a file of VGG16 or of such an FCN, whose first convolution is called conv1_1, features.0, 0 or block1_conv1"
                                .formatted(
                                        file.path(),
                                        Census.of(file.tensors()),
                                        Listing.of(file.tensors().keySet()),
                                        Census.ONLY)));
    }

    /** The file's name of a parameter of the network. */
    String name(String parameter) {
        return published.apply(parameter);
    }

    /** Whether the file is one that Caffe wrote. */
    boolean isCaffe() {
        return scheme == Scheme.CAFFE || scheme == Scheme.CAFFE_SIFT_FLOW;
    }

    /** Whether a tensor belongs to the other head of a network with two. */
    boolean isOtherHead(String name) {
        return scheme == Scheme.CAFFE_SIFT_FLOW && name.contains(GEOMETRIC);
    }

    private static Stream<Naming> candidates(WeightFile file) {
        Set<String> names = file.tensors().keySet();
        return switch (file.format()) {
            case CAFFE -> Stream.of(names.contains("score_fr" + SEMANTIC + "[0]") ? siftFlow() : caffe());
            case KERAS -> Stream.of(keras());
            case ONNX -> Stream.of(graph(file.firstTensor()));
            case NUMPY ->
                Stream.of(
                        chw(Scheme.FCN, Map.of(), ".weight", ".bias"),
                        hwc(Scheme.TENSORFLOW_VGG, Map.of(), "[0]", "[1]"),
                        hwc(Scheme.NUMPY_ARCHIVE, Map.of(), "_W", "_b"));
            case TORCH, SAFETENSORS -> Stream.of(fcn(), torch(names.contains("pre_logits.fc1.weight")));
        };
    }

    private static Naming fcn() {
        return chw(Scheme.FCN, Map.of(), ".weight", ".bias");
    }

    private static Naming caffe() {
        return chw(Scheme.CAFFE, Map.of(), "[0]", "[1]");
    }

    private static Naming siftFlow() {
        Naming plain = caffe();
        return new Naming(Scheme.CAFFE_SIFT_FLOW, FlattenOrder.CHW, parameter -> {
            boolean head = parameter.startsWith("score_") || parameter.startsWith("upscore");
            return plain.name(head ? parameter.replace(".", SEMANTIC + ".") : parameter);
        });
    }

    /** Keras' name of a convolution: {@code block1_conv2} for {@code conv1_2}. */
    static String inKeras(String layer) {
        return "block%c_conv%c".formatted(layer.charAt(4), layer.charAt(6));
    }

    private static Naming keras() {
        Map<String, String> layers = new HashMap<>();
        for (String layer : CONVOLUTIONS) {
            layers.put(layer, inKeras(layer));
        }
        layers.putAll(Map.of("fc6", "fc1", "fc7", "fc2", CLASSIFIER_HEAD, "predictions"));
        return hwc(Scheme.KERAS, layers, "[0]", "[1]");
    }

    private static Naming torch(boolean timm) {
        Map<String, String> layers = new HashMap<>();
        for (int i = 0; i < CONVOLUTIONS.size(); i++) {
            layers.put(VGG16.get(i), "features." + TORCHVISION.get(i));
        }
        layers.putAll(
                timm
                        ? Map.of("fc6", "pre_logits.fc1", "fc7", "pre_logits.fc2", CLASSIFIER_HEAD, "head.fc")
                        : Map.of("fc6", "classifier.0", "fc7", "classifier.3", CLASSIFIER_HEAD, "classifier.6"));
        return chw(timm ? Scheme.TIMM : Scheme.TORCHVISION, layers, ".weight", ".bias");
    }

    /** A graph's tensors are named by their place in it. What they were called tells where it comes from. */
    private static Naming graph(String firstTensor) {
        Scheme scheme = firstTensor.equals("conv1_1.weight")
                ? Scheme.FCN
                : firstTensor.startsWith("vgg0_conv0") ? Scheme.ONNX_ZOO : Scheme.ONNX_GRAPH;
        return chw(scheme, Map.of(), ".weight", ".bias");
    }

    private static Naming chw(Scheme scheme, Map<String, String> layers, String weight, String bias) {
        return new Naming(scheme, FlattenOrder.CHW, suffixed(layers, weight, bias));
    }

    private static Naming hwc(Scheme scheme, Map<String, String> layers, String weight, String bias) {
        return new Naming(scheme, FlattenOrder.HWC, suffixed(layers, weight, bias));
    }

    private static UnaryOperator<String> suffixed(Map<String, String> layers, String weight, String bias) {
        return parameter -> {
            int dot = parameter.lastIndexOf('.');
            String layer = parameter.substring(0, dot);
            return layers.getOrDefault(layer, layer) + (parameter.endsWith(".weight") ? weight : bias);
        };
    }
}
