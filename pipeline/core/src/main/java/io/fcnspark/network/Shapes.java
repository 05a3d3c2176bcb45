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
        Inference inference = new Inference(height, width, shapes);
        for (Layer layer : layers) {
            shapes.put(layer.name(), layer.accept(inference));
        }
        return Collections.unmodifiableMap(shapes);
    }

    /** The shape that one layer yields, from those of the layers before it. */
    private record Inference(int height, int width, Map<String, Shape> shapes) implements Layer.Visitor<Shape> {
        @Override
        public Shape input(Input layer) {
            return new Shape(layer.channels(), height, width);
        }

        @Override
        public Shape padToMultiple(PadToMultiple layer) {
            Shape in = shapes.get(layer.input());
            return new Shape(
                    in.channels(), roundUp(in.height(), layer.multiple()), roundUp(in.width(), layer.multiple()));
        }

        @Override
        public Shape convolution(Convolution layer) {
            Shape in = shapes.get(layer.input());
            int growth = 2 * layer.padding() - layer.kernel() + 1;
            return new Shape(layer.channels(), in.height() + growth, in.width() + growth);
        }

        @Override
        public Shape maxPool(MaxPool layer) {
            Shape in = shapes.get(layer.input());
            return new Shape(in.channels(), pooled(in.height(), layer), pooled(in.width(), layer));
        }

        @Override
        public Shape dropout(Dropout layer) {
            return shapes.get(layer.input());
        }

        @Override
        public Shape scale(Scale layer) {
            return shapes.get(layer.input());
        }

        @Override
        public Shape transposedConvolution(TransposedConvolution layer) {
            Shape in = shapes.get(layer.input());
            return new Shape(layer.channels(), upsampled(in.height(), layer), upsampled(in.width(), layer));
        }

        @Override
        public Shape crop(Crop layer) {
            return cropped(layer, shapes.get(layer.input()), shapes.get(layer.like()));
        }

        @Override
        public Shape add(Add layer) {
            Shape left = shapes.get(layer.left());
            requireSame(layer, left, shapes.get(layer.right()));
            return left;
        }
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
            throw new IllegalArgumentException(
                    "%s: a window of %dx%d pixels (width x height) at offset %d does not fit into %s of shape %s"
                            .formatted(crop.name(), like.width(), like.height(), crop.offset(), crop.input(), in));
        }
        return like.withChannels(in.channels());
    }

    private static void requireSame(Layer layer, Shape left, Shape right) {
        if (!left.equals(right)) {
            throw new IllegalArgumentException("%s: shapes %s and %s differ".formatted(layer.name(), left, right));
        }
    }
}
