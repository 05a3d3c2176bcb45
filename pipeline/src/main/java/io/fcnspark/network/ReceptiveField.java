package io.fcnspark.network;

import io.fcnspark.network.Layer.Convolution;
import io.fcnspark.network.Layer.Input;
import io.fcnspark.network.Layer.MaxPool;
import io.fcnspark.network.Layer.TransposedConvolution;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one value of a layer sees of the image.
 *
 * @param size height and width in pixels of the window that can influence a value
 * @param stride distance in pixels between the windows of neighbouring values; below 1 never occurs, as no layer is finer
 *     than the image
 */
public record ReceptiveField(int size, int stride) {
    /**
     * The receptive field of every layer by name. For a transposed convolution it is an upper bound that is reached for most
     * values: the windows of the most inputs that one output can mix. Where paths join, the larger window counts.
     */
    public static Map<String, ReceptiveField> of(List<Layer> layers) {
        Map<String, ReceptiveField> fields = new LinkedHashMap<>();
        for (Layer layer : layers) {
            fields.put(layer.name(), of(layer, fields));
        }
        return fields;
    }

    private static ReceptiveField of(Layer layer, Map<String, ReceptiveField> fields) {
        if (layer instanceof Input) {
            return new ReceptiveField(1, 1);
        }
        ReceptiveField in = fields.get(layer.inputs().get(0));
        if (layer instanceof Convolution c) {
            return new ReceptiveField(in.size + (c.kernel() - 1) * in.stride, in.stride);
        }
        if (layer instanceof MaxPool p) {
            return new ReceptiveField(in.size + (p.kernel() - 1) * in.stride, in.stride * p.stride());
        }
        if (layer instanceof TransposedConvolution t) {
            int mixed = (t.kernel() + t.stride() - 1) / t.stride();
            return new ReceptiveField(in.size + (mixed - 1) * in.stride, in.stride / t.stride());
        }
        if (layer instanceof Layer.Add add) {
            ReceptiveField right = fields.get(add.right());
            return new ReceptiveField(Math.max(in.size, right.size), in.stride);
        }
        return in;
    }
}
