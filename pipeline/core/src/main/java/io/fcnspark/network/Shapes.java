package io.fcnspark.network;

import io.fcnspark.network.Layer.Add;
import io.fcnspark.network.Layer.Convolution;
import io.fcnspark.network.Layer.Crop;
import io.fcnspark.network.Layer.Dropout;
import io.fcnspark.network.Layer.Input;
import io.fcnspark.network.Layer.MaxPool;
import io.fcnspark.network.Layer.PadToMultiple;
import io.fcnspark.network.Layer.Scale;
import io.fcnspark.network.Layer.TransposedConvolution;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Shape inference: what each layer yields for an image of a given size. */
public final class Shapes {
    private Shapes() {}

    /**
     * The shape of every layer's result by the layer's name, in the order of the layers.
     *
     * @param layers layers in order, each after its inputs
     * @param height height of the image in pixels
     * @param width width of the image in pixels
     * @throws IllegalArgumentException if the size is not positive or a crop does not fit; the message names the layer
     */
    public static Map<String, Shape> infer(List<Layer> layers, int height, int width) {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        for (Layer layer : layers) {
            shapes.put(layer.name(), infer(layer, height, width, shapes));
        }
        return Collections.unmodifiableMap(shapes);
    }

    private static Shape infer(Layer layer, int height, int width, Map<String, Shape> shapes) {
        if (layer instanceof Input input) {
            return new Shape(input.channels(), height, width);
        }
        Shape in = shapes.get(layer.inputs().get(0));
        if (layer instanceof PadToMultiple pad) {
            return new Shape(in.channels(), roundUp(in.height(), pad.multiple()), roundUp(in.width(), pad.multiple()));
        }
        if (layer instanceof Convolution c) {
            int growth = 2 * c.padding() - c.kernel() + 1;
            return new Shape(c.channels(), in.height() + growth, in.width() + growth);
        }
        if (layer instanceof MaxPool p) {
            return new Shape(in.channels(), pooled(in.height(), p), pooled(in.width(), p));
        }
        if (layer instanceof TransposedConvolution t) {
            return new Shape(t.channels(), upsampled(in.height(), t), upsampled(in.width(), t));
        }
        if (layer instanceof Crop crop) {
            return cropped(crop, in, shapes.get(crop.like()));
        }
        if (layer instanceof Add) {
            requireSame(layer, in, shapes.get(layer.inputs().get(1)));
            return in;
        }
        if (layer instanceof Dropout || layer instanceof Scale) {
            return in;
        }
        throw new IllegalStateException("no shape rule for " + layer);
    }

    private static int roundUp(int size, int multiple) {
        return (size + multiple - 1) / multiple * multiple;
    }

    private static int pooled(int size, MaxPool pool) {
        int beyondFirst = Math.max(0, size - pool.kernel());
        return (beyondFirst + pool.stride() - 1) / pool.stride() + 1;
    }

    private static int upsampled(int size, TransposedConvolution t) {
        return (size - 1) * t.stride() + t.kernel() - 2 * t.padding();
    }

    private static Shape cropped(Crop crop, Shape in, Shape like) {
        if (crop.offset() + like.height() > in.height() || crop.offset() + like.width() > in.width()) {
            throw new IllegalArgumentException("%s: a window of %dx%d at offset %d does not fit into %s of shape %s"
                    .formatted(crop.name(), like.height(), like.width(), crop.offset(), crop.input(), in));
        }
        return like.withChannels(in.channels());
    }

    private static void requireSame(Layer layer, Shape left, Shape right) {
        if (!left.equals(right)) {
            throw new IllegalArgumentException("%s: shapes %s and %s differ".formatted(layer.name(), left, right));
        }
    }
}
