package io.fcnspark.weights.formats;

import io.fcnspark.weights.ModelException;
import io.fcnspark.weights.Tensor;
import io.fcnspark.weights.formats.OnnxReader.Graph;
import io.fcnspark.weights.formats.OnnxReader.Node;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Recognises VGG16, or an FCN over it, in an ONNX graph, whatever its tensors are called: follows the images from node to node and
 * knows at each where in the network it is. A node that has no place there ends the reading, for the weights alone would be those
 * of another network.
 */
final class OnnxNetwork {
    /** Indices in {@link Naming#VGG16}: the last convolution of each block. */
    private static final Set<Integer> BEFORE_POOLING = Set.of(1, 3, 6, 9, 12);

    private static final int POOL3 = 6;
    private static final int POOL4 = 9;
    private static final int POOL5 = 12;
    private static final int FC6 = 13;
    private static final int FC7 = 14;
    private static final int FC8 = 15;

    /** How Caffe's FCNs pad images before conv1_1. */
    private static final long CAFFE_PADDING = 100;

    private static final List<Long> TO_CHANNELS_LAST = List.of(0L, 2L, 3L, 1L);
    private static final List<Long> TO_CHANNELS_FIRST = List.of(0L, 3L, 1L, 2L);

    /** Operators of quantised networks. */
    private static final Set<String> QUANTISED = Set.of(
            "QuantizeLinear",
            "DequantizeLinear",
            "DynamicQuantizeLinear",
            "QLinearConv",
            "QLinearMatMul",
            "ConvInteger",
            "MatMulInteger");

    /** Operators that say nothing of what a network is. */
    private static final Set<String> AUXILIARY =
            Set.of("Constant", "Identity", "Cast", "Shape", "Gather", "Unsqueeze", "Squeeze", "Slice", "Concat");

    private final SourceFile file;
    private final Graph graph;
    private final Map<String, Value> values = new HashMap<>();
    private final Map<String, Weights> layers = new LinkedHashMap<>();
    private final Map<String, Tensor> upsampling = new LinkedHashMap<>();
    private final Map<String, Double> factors = new LinkedHashMap<>();
    private boolean normalised;

    private OnnxNetwork(SourceFile file, Graph graph) {
        this.file = file;
        this.graph = graph;
    }

    /** What a name in the graph stands for. */
    private sealed interface Value permits Constant, Sizes, Unknown, Data {}

    /** Numbers of the file; the shape counts only if nothing changed it on the way. */
    private record Constant(String name, Tensor tensor, boolean reshaped) implements Value {}

    /** Whole numbers, and what is computed from the sizes of images: it moves no pixel's value. */
    private record Sizes(Optional<Long> count) implements Value {}

    /** Computed from constants in a way that is not followed. */
    private record Unknown(String operator) implements Value {}

    /** What is computed from the image's values. */
    private record Data(Stage stage, int layer, boolean channelsLast, double factor) implements Value {
        Data in(Stage next) {
            return new Data(next, layer, channelsLast, factor);
        }
    }

    /** Where in the network a value is; all but the first and the last are behind the layer that is said with them. */
    private enum Stage {
        IMAGE("the image"),
        LINEAR("the weights of"),
        ACTIVE("the ReLU of"),
        POOLED("the pooling after"),
        FLAT("the flattening after"),
        SCORE("the scores");

        private final String words;

        Stage(String words) {
            this.words = words;
        }
    }

    /** Weights of a layer, {@code [outputs, …]} or {@code [inputs, outputs]}. */
    private record Weights(String name, Tensor weight, Optional<Tensor> bias, Orientation orientation) {
        int outputs() {
            return weight.shape().get(orientation == Orientation.INPUTS_FIRST ? 1 : 0);
        }
    }

    private enum Orientation {
        OUTPUTS_FIRST,
        INPUTS_FIRST
    }

    /**
     * The weights under the names of the FCN authors.
     *
     * @throws ModelException if the graph is another network; the message names the operator and says what the graph consists of
     */
    static WeightFile read(SourceFile file, Graph graph) {
        OnnxNetwork network = new OnnxNetwork(file, graph);
        network.follow();
        return network.content();
    }

    private void follow() {
        graph.initializers().forEach((name, tensor) -> values.put(name, new Constant(name, tensor, false)));
        graph.integers().forEach((name, count) -> values.put(name, new Sizes(Optional.of(count))));
        List<String> images = graph.inputs().stream()
                .filter(name -> !values.containsKey(name))
                .toList();
        if (images.size() != 1) {
            throw other("has %d inputs (%s), expected one, the image".formatted(images.size(), Listing.of(images)));
        }
        values.put(images.get(0), new Data(Stage.IMAGE, -1, false, 1));
        for (Node node : graph.nodes()) {
            Value result = result(node);
            for (int i = 0; i < node.outputs().size(); i++) {
                values.put(node.outputs().get(i), i == 0 ? result : new Sizes(Optional.empty()));
            }
        }
        if (!layers.containsKey(Naming.CONVOLUTIONS.get(POOL5))) {
            throw other("ends before conv5_3");
        }
    }

    private Value result(Node node) {
        List<Value> inputs = node.inputs().stream()
                .filter(name -> !name.isEmpty())
                .map(name -> Optional.ofNullable(values.get(name))
                        .orElseThrow(() -> file.damaged("has a %s that reads '%s', which nothing before it makes"
                                .formatted(node.operator(), name))))
                .toList();
        if (node.operator().equals("Shape") || node.operator().equals("Size")) {
            return new Sizes(Optional.empty());
        }
        List<Data> data = inputs.stream()
                .flatMap(value -> value instanceof Data d ? Stream.of(d) : Stream.empty())
                .toList();
        if (data.isEmpty()) {
            return withoutImage(node, inputs);
        }
        inputs.forEach(value -> {
            if (value instanceof Unknown unknown) {
                throw misplaced(unknown.operator, "among the weights");
            }
        });
        return data.size() == 1 ? ofOne(node, inputs, data.get(0)) : ofTwo(node, data);
    }

    private Value withoutImage(Node node, List<Value> inputs) {
        if (inputs.stream().allMatch(Sizes.class::isInstance)) {
            return new Sizes(Optional.empty());
        }
        if (!(inputs.get(0) instanceof Constant constant)) {
            return new Unknown(node.operator());
        }
        return switch (node.operator()) {
            case "Identity", "Cast" -> constant;
            case "Transpose" -> {
                List<Long> perm = node.integers("perm");
                Tensor tensor = constant.tensor;
                boolean matrix = tensor.shape().size() == 2 && (perm.isEmpty() || perm.equals(List.of(1L, 0L)));
                yield matrix && !constant.reshaped
                        ? new Constant(
                                constant.name, Strided.transpose(tensor, 1, 0).toTensor(), false)
                        : new Unknown(node.operator());
            }
            case "Reshape", "Squeeze", "Unsqueeze", "Flatten" -> new Constant(constant.name, constant.tensor, true);
            default -> new Unknown(node.operator());
        };
    }

    /** Where two branches meet: the scores of two layers. */
    private Value ofTwo(Node node, List<Data> data) {
        if (node.operator().equals("Add") && data.stream().allMatch(value -> value.stage == Stage.SCORE)) {
            return data.get(0);
        }
        throw misplaced(node.operator(), "where it joins " + place(data.get(0)) + " and " + place(data.get(1)));
    }

    private Value ofOne(Node node, List<Value> inputs, Data data) {
        Optional<Data> next =
                switch (node.operator()) {
                    case "Identity", "Cast", "Dropout" -> Optional.of(data);
                    case "Conv" -> convolution(node, inputs, data);
                    case "BatchNormalization" -> normalisation(node, inputs, data);
                    case "Relu" ->
                        data.stage == Stage.LINEAR || data.stage == Stage.ACTIVE
                                ? Optional.of(data.in(Stage.ACTIVE))
                                : Optional.empty();
                    case "MaxPool" -> pooling(node, data);
                    case "AveragePool" -> average(node, data);
                    case "GlobalAveragePool" ->
                        Optional.of(data).filter(d -> d.stage == Stage.ACTIVE && d.layer == FC7);
                    case "Transpose" -> transposition(node, data);
                    case "Flatten" -> flattened(data);
                    case "Reshape", "Squeeze" -> reshaped(inputs, data);
                    case "Gemm", "MatMul" -> fullyConnected(node, inputs, data);
                    case "Add" -> bias(inputs, data);
                    case "Mul" -> factor(inputs, data);
                    case "ConvTranspose" -> upsampling(node, inputs, data);
                    case "Slice" -> Optional.of(data).filter(d -> d.stage == Stage.SCORE);
                    case "Pad" -> Optional.of(data).filter(d -> d.stage == Stage.SCORE || d.stage == Stage.IMAGE);
                    case "Softmax", "LogSoftmax", "Sigmoid", "ArgMax" ->
                        data.stage == Stage.SCORE || (data.stage == Stage.LINEAR && data.layer == FC8)
                                ? Optional.of(data.in(Stage.SCORE))
                                : Optional.empty();
                    default -> Optional.empty();
                };
        return next.orElseThrow(() -> misplaced(node.operator(), "after " + place(data)));
    }

    private Optional<Data> convolution(Node node, List<Value> inputs, Data data) {
        if (data.channelsLast || !isDense(node)) {
            return Optional.empty();
        }
        Constant weight = constant(inputs, 1);
        if (weight == null || weight.reshaped || weight.tensor.shape().size() != 4) {
            return Optional.empty();
        }
        long kernel = weight.tensor.shape().get(2);
        if (kernel != weight.tensor.shape().get(3)) {
            return Optional.empty();
        }
        int layer = data.layer + 1;
        boolean ready = BEFORE_POOLING.contains(data.layer)
                ? data.stage == Stage.POOLED
                : data.stage == Stage.ACTIVE || data.stage == Stage.IMAGE;
        if (ready && layer <= POOL5 && kernel == 3) {
            boolean border = pads(node, 1) || (layer == 0 && pads(node, CAFFE_PADDING));
            return border ? layer(layer, weight, inputs) : Optional.empty();
        }
        if (ready && layer == FC6 && kernel == 7) {
            return pads(node, 0) || pads(node, 3) ? layer(layer, weight, inputs) : Optional.empty();
        }
        if (!pads(node, 0) || kernel != 1) {
            return Optional.empty();
        }
        if (ready && layer == FC7) {
            return layer(layer, weight, inputs);
        }
        return score(data).map(name -> {
            put(name, weight, inputs);
            return data.in(Stage.SCORE);
        });
    }

    /** The score layer that reads a value, if one does. */
    private Optional<String> score(Data data) {
        String name = null;
        if (data.stage == Stage.ACTIVE && data.layer == FC7) {
            name = "score_fr";
        } else if (data.stage == Stage.POOLED && data.layer == POOL4) {
            name = "score_pool4";
        } else if (data.stage == Stage.POOLED && data.layer == POOL3) {
            name = "score_pool3";
        }
        if (name != null && data.factor != 1) {
            factors.put(name.replace("score", "scale"), data.factor);
        }
        return Optional.ofNullable(name);
    }

    private Optional<Data> layer(int layer, Constant weight, List<Value> inputs) {
        put(Naming.VGG16.get(layer), weight, inputs);
        return Optional.of(new Data(Stage.LINEAR, layer, false, 1));
    }

    private void put(String name, Constant weight, List<Value> inputs) {
        Optional<Tensor> bias = Optional.ofNullable(constant(inputs, 2)).map(constant -> flat(constant.tensor));
        if (layers.put(name, new Weights(weight.name, weight.tensor, bias, Orientation.OUTPUTS_FIRST)) != null) {
            throw other("has two layers in the place of " + name);
        }
        if (bias.isPresent() && bias.get().size() != weight.tensor.shape().get(0)) {
            throw other("has %d biases for %s with weights of shape %s"
                    .formatted(bias.get().size(), name, weight.tensor.shape()));
        }
    }

    /** One group, every pixel, no gaps. */
    private static boolean isDense(Node node) {
        return node.integer("group", 1) == 1
                && node.integers("strides").stream().allMatch(stride -> stride == 1)
                && node.integers("dilations").stream().allMatch(dilation -> dilation == 1);
    }

    private static boolean pads(Node node, long expected) {
        if (node.text("auto_pad").startsWith("SAME")) {
            return expected == 1 || expected == 3 || (expected == 0 && isPointwise(node));
        }
        List<Long> pads = node.integers("pads");
        return pads.isEmpty() ? expected == 0 : pads.stream().allMatch(pad -> pad == expected);
    }

    private static boolean isPointwise(Node node) {
        List<Long> kernel = node.integers("kernel_shape");
        return !kernel.isEmpty() && kernel.stream().allMatch(size -> size == 1);
    }

    private Optional<Data> normalisation(Node node, List<Value> inputs, Data data) {
        if (data.stage != Stage.LINEAR || data.layer > POOL5 || data.channelsLast || inputs.size() != 5) {
            return Optional.empty();
        }
        List<Tensor> tensors = inputs.stream()
                .flatMap(value -> value instanceof Constant constant ? Stream.of(constant.tensor) : Stream.empty())
                .toList();
        if (tensors.size() != 4) {
            return Optional.empty();
        }
        String name = Naming.VGG16.get(data.layer);
        Weights layer = layers.get(name);
        BatchNormalization normalization = new BatchNormalization(
                tensors.get(2),
                tensors.get(3),
                Optional.of(tensors.get(0)),
                Optional.of(tensors.get(1)),
                node.number("epsilon", (float) CheckpointNames.EPSILON));
        if (!normalization.has(layer.outputs())) {
            return Optional.empty();
        }
        BatchNormalization.Convolution folded = normalization.foldInto(layer.weight, layer.bias);
        layers.put(
                name, new Weights(layer.name, folded.weight(), Optional.of(folded.bias()), Orientation.OUTPUTS_FIRST));
        normalised = true;
        return Optional.of(data);
    }

    private static Optional<Data> pooling(Node node, Data data) {
        boolean halves = node.integers("kernel_shape").equals(List.of(2L, 2L))
                && node.integers("strides").equals(List.of(2L, 2L))
                && node.integers("dilations").stream().allMatch(dilation -> dilation == 1)
                && (pads(node, 0) || node.text("auto_pad").startsWith("SAME"));
        return halves && data.stage == Stage.ACTIVE && BEFORE_POOLING.contains(data.layer) && !data.channelsLast
                ? Optional.of(data.in(Stage.POOLED))
                : Optional.empty();
    }

    /** torchvision's pooling to 7x7 before fc6, which changes nothing for images of 224x224, and other images for the rest. */
    private static Optional<Data> average(Node node, Data data) {
        boolean tiles = node.integers("kernel_shape").equals(node.integers("strides")) && pads(node, 0);
        return Optional.of(data).filter(d -> tiles && d.stage == Stage.POOLED && d.layer == POOL5);
    }

    private static Optional<Data> transposition(Node node, Data data) {
        List<Long> perm = node.integers("perm");
        if (data.stage == Stage.IMAGE || data.stage == Stage.SCORE) {
            return Optional.of(data).filter(d -> perm.equals(TO_CHANNELS_FIRST) || perm.equals(TO_CHANNELS_LAST));
        }
        boolean turns = data.stage != Stage.FLAT
                && data.layer <= POOL5
                && perm.equals(data.channelsLast ? TO_CHANNELS_FIRST : TO_CHANNELS_LAST);
        return turns ? Optional.of(new Data(data.stage, data.layer, !data.channelsLast, 1)) : Optional.empty();
    }

    private static Optional<Data> flattened(Data data) {
        if (data.stage == Stage.POOLED && data.layer == POOL5) {
            return Optional.of(data.in(Stage.FLAT));
        }
        return Optional.of(data).filter(d -> d.layer >= FC6);
    }

    /** Flattens, unless the target has four dimensions: with one channel that is how a transposition may be written. */
    private Optional<Data> reshaped(List<Value> inputs, Data data) {
        boolean four = inputs.size() > 1
                && inputs.get(1) instanceof Sizes sizes
                && sizes.count.filter(count -> count == 4).isPresent();
        if (!four) {
            return flattened(data);
        }
        boolean oneChannel = data.layer >= 0
                && data.layer <= POOL5
                && layers.get(Naming.VGG16.get(data.layer)).outputs() == 1;
        return Optional.of(data).filter(d -> oneChannel);
    }

    private Optional<Data> fullyConnected(Node node, List<Value> inputs, Data data) {
        int layer = data.stage == Stage.FLAT ? FC6 : data.layer + 1;
        boolean ready = data.stage == Stage.FLAT || (data.stage == Stage.ACTIVE && data.layer >= FC6);
        Constant weight = constant(inputs, 1);
        boolean plain = node.number("alpha", 1) == 1 && node.number("beta", 1) == 1 && node.integer("transA", 0) == 0;
        if (!ready || !plain || layer > FC8 || weight == null || weight.reshaped || !(inputs.get(0) instanceof Data)) {
            return Optional.empty();
        }
        Tensor matrix = weight.tensor;
        if (matrix.shape().size() != 2) {
            return Optional.empty();
        }
        Orientation orientation = node.integer("transB", 0) == 0 ? Orientation.INPUTS_FIRST : Orientation.OUTPUTS_FIRST;
        if (layer == FC6 && data.channelsLast != (orientation == Orientation.INPUTS_FIRST)) {
            // Only [inputs, outputs] with channels last, and [outputs, inputs] with channels first, are layouts of
            // their own.
            matrix = Strided.transpose(matrix, 1, 0).toTensor();
            orientation = data.channelsLast ? Orientation.INPUTS_FIRST : Orientation.OUTPUTS_FIRST;
        }
        Optional<Tensor> bias = Optional.ofNullable(constant(inputs, 2)).map(constant -> flat(constant.tensor));
        Weights weights = new Weights(weight.name, matrix, bias, orientation);
        if (bias.isPresent() && bias.get().size() != weights.outputs()) {
            return Optional.empty();
        }
        String name = Naming.VGG16.get(layer);
        if (layers.put(name, weights) != null) {
            throw other("has two layers in the place of " + name);
        }
        return Optional.of(new Data(Stage.LINEAR, layer, false, 1));
    }

    private Optional<Data> bias(List<Value> inputs, Data data) {
        Constant added = inputs.stream()
                .flatMap(value -> value instanceof Constant constant ? Stream.of(constant) : Stream.empty())
                .findFirst()
                .orElse(null);
        if (added == null || data.stage != Stage.LINEAR || data.channelsLast) {
            return Optional.empty();
        }
        String name = Naming.VGG16.get(data.layer);
        Weights layer = layers.get(name);
        if (layer.bias.isPresent() || added.tensor.size() != layer.outputs()) {
            return Optional.empty();
        }
        layers.put(name, new Weights(layer.name, layer.weight, Optional.of(flat(added.tensor)), layer.orientation));
        return Optional.of(data);
    }

    /** The fixed factors of nets at once. */
    private static Optional<Data> factor(List<Value> inputs, Data data) {
        return inputs.stream()
                .flatMap(value -> value instanceof Constant constant ? Stream.of(constant.tensor) : Stream.empty())
                .filter(tensor -> tensor.size() == 1
                        && data.stage == Stage.POOLED
                        && (data.layer == POOL3 || data.layer == POOL4))
                .map(tensor -> new Data(
                        data.stage,
                        data.layer,
                        data.channelsLast,
                        data.factor * tensor.floats().get(0)))
                .findFirst();
    }

    private Optional<Data> upsampling(Node node, List<Value> inputs, Data data) {
        Constant weight = constant(inputs, 1);
        if (data.stage != Stage.SCORE
                || weight == null
                || weight.reshaped
                || inputs.size() != 2
                || weight.tensor.shape().size() != 4
                || node.integer("group", 1) != 1) {
            return Optional.empty();
        }
        int kernel = weight.tensor.shape().get(2);
        boolean doubles = node.integers("strides").equals(List.of(kernel / 2L, kernel / 2L))
                && node.integers("dilations").stream().allMatch(dilation -> dilation == 1);
        String name =
                switch (kernel) {
                    case 64 -> "upscore";
                    case 32 -> "upscore16";
                    case 16 -> "upscore8";
                    case 4 -> upsampling.containsKey("upscore2") ? "upscore_pool4" : "upscore2";
                    default -> "";
                };
        if (!doubles || name.isEmpty() || upsampling.put(name, weight.tensor) != null) {
            return Optional.empty();
        }
        return Optional.of(data);
    }

    private WeightFile content() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        Set<String> inputsFirst = layers.entrySet().stream()
                .filter(layer -> layer.getValue().orientation == Orientation.INPUTS_FIRST)
                .map(layer -> layer.getKey() + ".weight")
                .collect(Collectors.toSet());
        layers.forEach((name, layer) -> {
            tensors.put(name + ".weight", layer.weight);
            tensors.put(
                    name + ".bias",
                    layer.bias.orElseGet(() -> Tensor.of(List.of(layer.outputs()), new float[layer.outputs()])));
        });
        upsampling.forEach((name, tensor) -> tensors.put(name + ".weight", tensor));
        factors.forEach(
                (name, factor) -> tensors.put(name + "[0]", Tensor.of(List.of(1), new float[] {factor.floatValue()})));
        Map<String, String> remarks =
                normalised ? Map.of("batch_normalization", "folded into the convolutions") : Map.of();
        return new WeightFile(
                file.path(),
                WeightFormat.ONNX,
                tensors,
                Map.of(),
                inputsFirst,
                layers.get(Naming.VGG16.get(0)).name,
                graph.metadata(),
                remarks);
    }

    private static Constant constant(List<Value> inputs, int index) {
        return index < inputs.size() && inputs.get(index) instanceof Constant constant ? constant : null;
    }

    /** The values in one dimension, as biases have it. */
    private static Tensor flat(Tensor tensor) {
        return new Tensor(tensor.dataType(), List.of(Math.toIntExact(tensor.size())), tensor.bytes());
    }

    private static String place(Data data) {
        return data.layer < 0 || data.stage == Stage.SCORE
                ? data.stage.words
                : data.stage.words + " " + Naming.VGG16.get(data.layer);
    }

    private ModelException misplaced(String operator, String where) {
        return other(
                "has the operator %s %s, which in its kind, size, stride or padding is not as in VGG16 and FCNs over it"
                        .formatted(operator, where));
    }

    private ModelException other(String problem) {
        return file.failure("is a network with %s: it %s; %s".formatted(census(), problem, Census.ONLY), remedy());
    }

    private String remedy() {
        Set<String> operators = graph.nodes().stream().map(Node::operator).collect(Collectors.toSet());
        if (operators.stream().anyMatch(QUANTISED::contains)) {
            return "if it is VGG16 or such an FCN, quantised, take it as it was before";
        }
        if (operators.stream().anyMatch(operator -> operator.startsWith("com.microsoft"))) {
            return "if it is VGG16 or such an FCN, optimised by ONNX Runtime, take it as it was before";
        }
        return "name a file of VGG16 or of such an FCN, exported without what prepares the image or follows the scores";
    }

    /** The operators that a network consists of, the most frequent first. */
    private String census() {
        Map<String, Long> counts = graph.nodes().stream()
                .map(Node::operator)
                .filter(operator -> !AUXILIARY.contains(operator))
                .collect(Collectors.groupingBy(operator -> operator, Collectors.counting()));
        List<String> words = counts.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .map(entry -> entry.getValue() + " " + entry.getKey())
                .toList();
        return Listing.of(words);
    }
}
