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
        layers.forEach(graph::add);

        ProtoMessage message = new ProtoMessage();
        graph.nodes.forEach(node -> message.message(1, node));
        message.string(2, network.variant().id());
        graph.initializers.forEach(initializer -> message.message(5, initializer));
        graph.inputs.forEach(input -> message.message(11, input));
        message.message(12, output(network, layers, outputLayer, documentation.output()));
        return Onnx.model(message, documentation);
    }

    private static ProtoMessage output(Fcn network, List<Layer> layers, String name, String description) {
        int channels = channels(layers, name);
        return Onnx.value(
                name,
                name.equals(Fcn.SCORE)
                        ? List.of("N", network.numClasses(), "H", "W")
                        : List.of("N", channels, name + "_height", name + "_width"),
                description);
    }

    /** The channels of a layer: its own, or those of what it reads. */
    private static int channels(List<Layer> layers, String name) {
        Layer layer = layers.stream()
                .filter(candidate -> candidate.name().equals(name))
                .findFirst()
                .orElseThrow();
        if (layer instanceof Input input) {
            return input.channels();
        }
        if (layer instanceof Convolution convolution) {
            return convolution.channels();
        }
        if (layer instanceof TransposedConvolution convolution) {
            return convolution.channels();
        }
        return channels(layers, layer.inputs().get(0));
    }

    private void add(Layer layer) {
        if (layer instanceof PadToMultiple pad) {
            addPad(pad);
        } else if (layer instanceof Convolution convolution) {
            addConvolution(convolution);
        } else if (layer instanceof MaxPool pool) {
            addPool(pool);
        } else if (layer instanceof Dropout dropout) {
            node("Identity", dropout.name(), List.of(dropout.input()));
        } else if (layer instanceof Scale scale) {
            String factor = scale.name() + "_factor";
            initializers.add(Onnx.scalar(factor, (float) scale.factor()));
            node("Mul", scale.name(), List.of(scale.input(), factor));
        } else if (layer instanceof TransposedConvolution convolution) {
            addTransposedConvolution(convolution);
        } else if (layer instanceof Crop crop) {
            addCrop(crop);
        } else if (layer instanceof Add sum) {
            node("Add", sum.name(), List.of(sum.left(), sum.right()));
        } else if (!(layer instanceof Input)) {
            throw new IllegalStateException("no ONNX operator for " + layer);
        }
    }

    private void addConvolution(Convolution c) {
        boolean activated = c.activation() == Activation.RELU;
        String linear = activated ? c.name() + "_linear" : c.name();
        node(
                "Conv",
                linear,
                withParameters(c.input(), c),
                square("kernel_shape", c.kernel()),
                Onnx.attribute("pads", allSides(c.padding())));
        if (activated) {
            node("Relu", c.name(), List.of(linear));
        }
    }

    private void addPool(MaxPool p) {
        node(
                "MaxPool",
                p.name(),
                List.of(p.input()),
                square("kernel_shape", p.kernel()),
                square("strides", p.stride()),
                Onnx.attribute("ceil_mode", 1));
    }

    private void addTransposedConvolution(TransposedConvolution t) {
        node(
                "ConvTranspose",
                t.name(),
                withParameters(t.input(), t),
                square("kernel_shape", t.kernel()),
                square("strides", t.stride()),
                Onnx.attribute("pads", allSides(t.padding())));
    }

    /** Pads by {@code -size mod multiple} at the end of both axes; ONNX's Mod takes the sign of the divisor. */
    private void addPad(PadToMultiple pad) {
        String size = addSize(pad.name(), pad.input());
        String negative = node("Neg", pad.name() + "_negative", List.of(size));
        String multiple = integers(pad.name() + "_multiple", List.of(pad.multiple(), pad.multiple()));
        String missing = node("Mod", pad.name() + "_missing", List.of(negative, multiple));
        String none = integers(pad.name() + "_none", List.of(0, 0, 0, 0, 0, 0));
        String pads = node("Concat", pad.name() + "_pads", List.of(none, missing), Onnx.attribute("axis", 0));
        node("Pad", pad.name(), List.of(pad.input(), pads));
    }

    private void addCrop(Crop crop) {
        String size = addSize(crop.name(), crop.like());
        String offset = integers(crop.name() + "_offset", List.of(crop.offset(), crop.offset()));
        String end = node("Add", crop.name() + "_end", List.of(size, offset));
        String axes = integers(crop.name() + "_axes", List.of(2, 3));
        node("Slice", crop.name(), List.of(crop.input(), offset, end, axes));
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
