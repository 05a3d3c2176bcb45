package io.fcnspark.weights;

import io.fcnspark.network.Fcn;
import io.fcnspark.network.Layer;
import io.fcnspark.network.Layer.Activation;
import io.fcnspark.network.Layer.Convolution;
import io.fcnspark.network.Layer.Dropout;
import io.fcnspark.network.Layer.MaxPool;
import io.fcnspark.network.Layer.PadToMultiple;
import io.fcnspark.network.Parameter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which convolutions of a model are computed in integers, and what a step of their inputs and outputs is worth.
 *
 * <p>A quantised convolution reads integers: 0 to 255 where they come from a convolution with a ReLU, which has no negative
 * values, and -128 to 127 where they are the preprocessed image. Its weights are integers of -127 to 127, with a scale for each
 * output channel in the tensor {@code LAYER.weight_scale}. A real value is an integer times its scale; zero is zero.
 *
 * @param layers names of the quantised convolutions, in the network's order
 * @param scales what one step is worth, by name of the layer whose values are stored so: {@code data}, or a convolution with a
 *     ReLU. A quantised convolution without a scale has real values as its result
 */
public record Quantisation(List<String> layers, Map<String, Float> scales) {
    /** Nothing is quantised. */
    public static final Quantisation NONE = new Quantisation(List.of(), Map.of());

    /** Key of the provenance of a quantised model: the identity of the model that it was made from. */
    public static final String FROM = "from";

    /** What is behind a layer's name in the name of the tensor of its weights' scales. */
    private static final String SCALE = ".weight_scale";

    private static final float LEAST_SCALE = 0x1p-60f;
    private static final float GREATEST_SCALE = 0x1p60f;

    public Quantisation {
        layers = List.copyOf(layers);
        scales = Collections.unmodifiableMap(new LinkedHashMap<>(scales));
        scales.forEach((layer, scale) -> {
            if (!(scale >= LEAST_SCALE && scale <= GREATEST_SCALE)) {
                throw new IllegalArgumentException(
                        "the scale of '%s' is %s: expected a positive number, of 1e-18 to 1e18"
                                .formatted(layer, scale));
            }
        });
    }

    /** Whether anything is quantised. */
    public boolean isPresent() {
        return !layers.isEmpty();
    }

    /** Whether a layer is. */
    public boolean includes(String layer) {
        return layers.contains(layer);
    }

    /** What a step of a layer's result is worth; empty if that is not stored in integers. */
    public Optional<Float> scale(String layer) {
        return Optional.ofNullable(scales.get(layer));
    }

    /** Name of the tensor that holds the scales of a layer's weights, one for each output channel. */
    public static String weightScale(String layer) {
        return layer + SCALE;
    }

    /**
     * The layer whose values a convolution reads, padded, pooled or dropped out as they may be, none of which changes what a step is
     * worth: the image, or another convolution; or where something else comes before, that.
     */
    public static String source(List<Layer> network, Convolution convolution) {
        String name = convolution.input();
        for (int i = network.size() - 1; i >= 0; i--) {
            Layer layer = network.get(i);
            if (layer.name().equals(name)
                    && (layer instanceof PadToMultiple || layer instanceof MaxPool || layer instanceof Dropout)) {
                name = layer.inputs().get(0);
            }
        }
        return name;
    }

    /** Tensors that a quantised model has beside those of its network. */
    List<Parameter> parameters(Fcn network) {
        return layers.stream()
                .map(layer ->
                        new Parameter(weightScale(layer), List.of(((Convolution) network.layer(layer)).channels())))
                .toList();
    }

    /**
     * Checks that this is a quantisation of that network.
     *
     * @throws IllegalArgumentException that names the layer and what is wrong with it
     */
    void requireFit(Fcn network) {
        Map<String, Convolution> convolutions = new LinkedHashMap<>();
        for (Layer layer : network.layers()) {
            if (layer instanceof Convolution c) {
                convolutions.put(c.name(), c);
            }
        }
        List<String> inOrder = new ArrayList<>(convolutions.keySet());
        inOrder.retainAll(layers);
        if (!inOrder.equals(layers)) {
            throw new IllegalArgumentException("quantised layers %s: expected convolutions of %s, in its order: %s"
                    .formatted(layers, network.variant(), convolutions.keySet()));
        }
        for (String layer : layers) {
            String source = source(network.layers(), convolutions.get(layer));
            if (!scales.containsKey(source)) {
                throw new IllegalArgumentException(
                        "layer '%s' is quantised, but there is no scale of '%s', which it reads"
                                .formatted(layer, source));
            }
        }
        for (String layer : scales.keySet()) {
            boolean relu =
                    convolutions.containsKey(layer) && convolutions.get(layer).activation() == Activation.RELU;
            if (!relu && !layer.equals(Fcn.DATA)) {
                throw new IllegalArgumentException(
                        "there is a scale of '%s': expected '%s' or a convolution with a ReLU"
                                .formatted(layer, Fcn.DATA));
            }
        }
    }
}
