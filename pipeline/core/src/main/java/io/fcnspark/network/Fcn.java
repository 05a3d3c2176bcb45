package io.fcnspark.network;

import io.fcnspark.network.Architecture.FcnArchitecture;
import io.fcnspark.network.Layer.TransposedConvolution;
import java.util.ArrayList;
import java.util.List;

/**
 * A fully convolutional network: named layers in the order in which they run. The first is {@code data}, the preprocessed
 * image; the last is {@code score}, with one value per class and pixel of the image, before any softmax.
 *
 * @param numClasses number of classes, background included: at least 2, at most 65 535
 */
public record Fcn(Variant variant, Backbone backbone, int numClasses, Geometry geometry, List<Layer> layers) {
    /** Name of the layer that holds the preprocessed image. */
    public static final String DATA = FcnLayers.DATA;

    /** Name of the layer that holds the result, {@code numClasses} x height x width of the image. */
    public static final String SCORE = FcnLayers.SCORE;

    public Fcn {
        layers = List.copyOf(layers);
    }

    /**
     * The network of the paper.
     *
     * @throws IllegalArgumentException if {@code numClasses} is out of range
     */
    public static Fcn of(Variant variant, Backbone backbone, int numClasses, Geometry geometry) {
        if (numClasses < 2 || numClasses > 65_535) {
            throw new IllegalArgumentException("numClasses is " + numClasses + ": expected 2 to 65535");
        }
        return new Fcn(
                variant,
                backbone,
                numClasses,
                geometry,
                new FcnLayers(variant, backbone, numClasses, geometry).build());
    }

    /** What a model of this network says of it. */
    public FcnArchitecture architecture() {
        return new FcnArchitecture(variant, backbone, geometry);
    }

    /**
     * The layer of a name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public Layer layer(String name) {
        return layers.stream()
                .filter(layer -> layer.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(variant + " has no layer '" + name + "'"));
    }

    /** The layers that are needed to compute the layer of that name, which is the last of them, in order. */
    public List<Layer> layersUpTo(String name) {
        List<String> needed = new ArrayList<>(List.of(layer(name).name()));
        List<Layer> kept = new ArrayList<>();
        for (int i = layers.size() - 1; i >= 0; i--) {
            if (needed.contains(layers.get(i).name())) {
                kept.add(0, layers.get(i));
                needed.addAll(layers.get(i).inputs());
            }
        }
        return kept;
    }

    /** The last transposed convolution, which brings the fused scores to the stride of the image. */
    public TransposedConvolution finalUpsampling() {
        for (int i = layers.size() - 1; i >= 0; i--) {
            if (layers.get(i) instanceof TransposedConvolution upsampling) {
                return upsampling;
            }
        }
        throw new IllegalStateException(variant + " has no transposed convolution");
    }

    /** The crop that ends the network. */
    public Layer.Crop finalCrop() {
        return (Layer.Crop) layers.get(layers.size() - 1);
    }

    /** Every tensor of weights that the network needs, in the order of its layers. */
    public List<Parameter> parameters() {
        return layers.stream().flatMap(layer -> parameters(layer).stream()).toList();
    }

    /** The tensors of weights of one layer: weight, then bias; none for most kinds of layer. */
    public static List<Parameter> parameters(Layer layer) {
        return layer.accept(new Parameters());
    }

    /** Number of weights. */
    public long parameterCount() {
        return parameters().stream().mapToLong(Parameter::size).sum();
    }
}
