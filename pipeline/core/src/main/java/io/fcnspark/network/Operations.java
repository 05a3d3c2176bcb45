package io.fcnspark.network;

import io.fcnspark.network.Layer.Convolution;
import io.fcnspark.network.Layer.TransposedConvolution;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Floating-point operations of the layers that multiply: a multiplication and an addition count as two. */
public final class Operations {
    private Operations() {}

    /** Operations by layer for one image of that size; layers that do not multiply count zero. */
    public static Map<String, Long> count(List<Layer> layers, int height, int width) {
        Map<String, Shape> shapes = Shapes.infer(layers, height, width);
        Map<String, Long> operations = new LinkedHashMap<>();
        for (Layer layer : layers) {
            operations.put(layer.name(), count(layer, shapes));
        }
        return operations;
    }

    private static long count(Layer layer, Map<String, Shape> shapes) {
        if (layer instanceof Convolution c) {
            return 2 * shapes.get(c.name()).size() * c.inputChannels() * c.kernel() * c.kernel();
        }
        if (layer instanceof TransposedConvolution t) {
            return 2 * shapes.get(t.input()).size() * t.channels() * t.kernel() * t.kernel();
        }
        return 0;
    }
}
