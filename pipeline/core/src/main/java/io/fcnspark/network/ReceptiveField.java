package io.fcnspark.network;

import io.fcnspark.network.Layer.Add;
import io.fcnspark.network.Layer.Convolution;
import io.fcnspark.network.Layer.Crop;
import io.fcnspark.network.Layer.Input;
import io.fcnspark.network.Layer.MaxPool;
import io.fcnspark.network.Layer.TransposedConvolution;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one value of a layer sees of the image.
 *
 * @param size height and width in pixels of the window that can influence a value; where upsampling gives the values of a
 *     layer windows of different size, the largest
 * @param stride distance in pixels between the windows of neighbouring values; where it varies, the mean
 */
public record ReceptiveField(int size, int stride) {
    /** The receptive field of every layer by name, for values far enough from the borders. */
    public static Map<String, ReceptiveField> of(List<Layer> layers) {
        Map<String, Windows> windows = new HashMap<>();
        Map<String, ReceptiveField> fields = new LinkedHashMap<>();
        for (Layer layer : layers) {
            Windows seen = windows(layer, windows);
            windows.put(layer.name(), seen);
            fields.put(layer.name(), new ReceptiveField(seen.size(), seen.stride()));
        }
        return fields;
    }

    private static Windows windows(Layer layer, Map<String, Windows> windows) {
        if (layer instanceof Input) {
            return Windows.IMAGE;
        }
        Windows in = windows.get(layer.inputs().get(0));
        if (layer instanceof Convolution c) {
            return in.gathered(c.kernel(), 1, c.padding());
        }
        if (layer instanceof MaxPool p) {
            return in.gathered(p.kernel(), p.stride(), 0);
        }
        if (layer instanceof TransposedConvolution t) {
            return in.scattered(t.kernel(), t.stride(), t.padding());
        }
        if (layer instanceof Crop crop) {
            return in.cropped(crop.offset());
        }
        if (layer instanceof Add add) {
            return in.joined(windows.get(add.right()));
        }
        return in;
    }
}
