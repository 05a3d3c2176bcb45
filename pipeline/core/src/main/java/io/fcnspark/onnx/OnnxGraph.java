package io.fcnspark.onnx;

import io.fcnspark.network.Fcn;
import io.fcnspark.network.Layer;
import io.fcnspark.network.Layer.Activation;
import io.fcnspark.network.Layer.Add;
import io.fcnspark.network.Layer.Convolution;
import io.fcnspark.network.Layer.Crop;
import io.fcnspark.network.Layer.Dropout;
import io.fcnspark.network.Layer.Input;
import io.fcnspark.network.Layer.MaxPool;
import io.fcnspark.network.Layer.PadToMultiple;
import io.fcnspark.network.Layer.Scale;
import io.fcnspark.network.Layer.TransposedConvolution;
import io.fcnspark.network.Parameter;
import io.fcnspark.network.Shapes;
import io.fcnspark.weights.DataType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Writes a network as an ONNX graph: input {@code data} of shape {@code [N, 3, H, W]}, one output, any image size. A layer's
 * value bears the layer's name, and its initialisers are named as its tensors of weights are.
 */
public final class OnnxGraph {
    private final List<ProtoMessage> nodes = new ArrayList<>();
    private final List<ProtoMessage> initializers = new ArrayList<>();
    private final List<ProtoMessage> inputs = new ArrayList<>();
    private final Function<Parameter, Optional<Initializer>> weights;

    private OnnxGraph(Function<Parameter, Optional<Initializer>> weights) {
        this.weights = weights;
    }

    /**
     * A tensor of weights.
     *
     * @param tensor named as the parameter is
     * @param dataType of its values; the graph computes in fp32 whatever it is
     */
    public record Initializer(ProtoMessage tensor, DataType dataType) {}

    /**
     * The part of a network that leads to a layer, as a complete ONNX model.
     *
     * @param weights gives the initialiser for a parameter of the network; a parameter without one becomes an input
     * @param documentation what the model says about itself
     * @throws ArithmeticException if the model is larger than the 2 GiB that the format allows
     */
    public static ProtoMessage model(
            Fcn network,
            String outputLayer,
            Function<Parameter, Optional<Initializer>> weights,
            OnnxDocumentation documentation) {
        OnnxGraph graph = new OnnxGraph(weights);
        List<Layer> layers = network.layersUpTo(outputLayer);
        graph.inputs.add(Onnx.value(Fcn.DATA, List.of("N", 3, "H", "W"), documentation.input()));
        Nodes nodes = graph.new Nodes();
        layers.forEach(layer -> layer.accept(nodes));

        ProtoMessage message = new ProtoMessage();
        graph.nodes.forEach(node -> message.message(1, node));
        message.string(2, network.variant().id());
        graph.initializers.forEach(initializer -> message.message(5, initializer));
        graph.inputs.forEach(input -> message.message(11, input));
        message.message(12, output(network, layers, outputLayer, documentation.output()));
        return Onnx.model(message, documentation);
    }

    private static ProtoMessage output(Fcn network, List<Layer> layers, String name, String description) {
        // The same for images of any size.
        int channels = Shapes.infer(layers, 512, 512).get(name).channels();
        return Onnx.value(
                name,
                name.equals(Fcn.SCORE)
                        ? List.of("N", network.numClasses(), "H", "W")
                        : List.of("N", channels, name + "_height", name + "_width"),
                description);
    }

    /** The nodes of a layer. */
    private final class Nodes implements Layer.Visitor<String> {
        /** The input of the graph, which is there already. */
        @Override
        public String input(Input layer) {
            return layer.name();
        }

        /** Pads by {@code -size mod multiple} at the end of both axes; ONNX's Mod takes the sign of the divisor. */
        @Override
        public String padToMultiple(PadToMultiple layer) {
            String size = addSize(layer.name(), layer.input());
            String negative = node("Neg", layer.name() + "_negative", List.of(size));
            String multiple = integers(layer.name() + "_multiple", List.of(layer.multiple(), layer.multiple()));
            String missing = node("Mod", layer.name() + "_missing", List.of(negative, multiple));
            String none = integers(layer.name() + "_none", List.of(0, 0, 0, 0, 0, 0));
            String pads = node("Concat", layer.name() + "_pads", List.of(none, missing), Onnx.attribute("axis", 0));
            return node("Pad", layer.name(), List.of(layer.input(), pads));
        }

        @Override
        public String convolution(Convolution layer) {
            boolean activated = layer.activation() == Activation.RELU;
            String linear = node(
                    "Conv",
                    activated ? layer.name() + "_linear" : layer.name(),
                    withParameters(layer.input(), layer),
                    square("kernel_shape", layer.kernel()),
                    Onnx.attribute("pads", allSides(layer.padding())));
            return activated ? node("Relu", layer.name(), List.of(linear)) : linear;
        }

        @Override
        public String maxPool(MaxPool layer) {
            return node(
                    "MaxPool",
                    layer.name(),
                    List.of(layer.input()),
                    square("kernel_shape", layer.kernel()),
                    square("strides", layer.stride()),
                    Onnx.attribute("ceil_mode", 1));
        }

        @Override
        public String dropout(Dropout layer) {
            return node("Identity", layer.name(), List.of(layer.input()));
        }

        @Override
        public String scale(Scale layer) {
            String factor = layer.name() + "_factor";
            initializers.add(Onnx.scalar(factor, (float) layer.factor()));
            return node("Mul", layer.name(), List.of(layer.input(), factor));
        }

        @Override
        public String transposedConvolution(TransposedConvolution layer) {
            return node(
                    "ConvTranspose",
                    layer.name(),
                    withParameters(layer.input(), layer),
                    square("kernel_shape", layer.kernel()),
                    square("strides", layer.stride()),
                    Onnx.attribute("pads", allSides(layer.padding())));
        }

        @Override
        public String crop(Crop layer) {
            String size = addSize(layer.name(), layer.like());
            String offset = integers(layer.name() + "_offset", List.of(layer.offset(), layer.offset()));
            String end = node("Add", layer.name() + "_end", List.of(size, offset));
            String axes = integers(layer.name() + "_axes", List.of(2, 3));
            return node("Slice", layer.name(), List.of(layer.input(), offset, end, axes));
        }

        @Override
        public String add(Add layer) {
            return node("Add", layer.name(), List.of(layer.left(), layer.right()));
        }
    }

    /** Height and width of a layer. */
    private String addSize(String prefix, String layer) {
        return node("Shape", prefix + "_size", List.of(layer), Onnx.attribute("start", 2));
    }

    private List<String> withParameters(String input, Layer layer) {
        List<String> names = new ArrayList<>(List.of(input));
        for (Parameter parameter : Fcn.parameters(layer)) {
            Optional<Initializer> initializer = weights.apply(parameter);
            initializer.ifPresentOrElse(
                    present -> initializers.add(present.tensor()),
                    () -> inputs.add(Onnx.value(parameter.name(), parameter.shape(), "")));
            boolean stored32 = initializer
                    .map(present -> present.dataType() == DataType.F32)
                    .orElse(true);
            names.add(stored32 ? parameter.name() : inFp32(parameter.name()));
        }
        return names;
    }

    private String inFp32(String tensor) {
        String output = tensor + "_fp32";
        nodes.add(Onnx.castToFp32(output, tensor));
        return output;
    }

    private String integers(String name, List<Integer> values) {
        initializers.add(Onnx.integers(name, values));
        return name;
    }

    private String node(String operator, String output, List<String> inputs, ProtoMessage... attributes) {
        nodes.add(Onnx.node(operator, output, inputs, List.of(attributes)));
        return output;
    }

    private static ProtoMessage square(String name, int size) {
        return Onnx.attribute(name, List.of(size, size));
    }

    private static List<Integer> allSides(int padding) {
        return List.of(padding, padding, padding, padding);
    }
}
