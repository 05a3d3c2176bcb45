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
        Sight sight = new Sight(windows);
        Map<String, ReceptiveField> fields = new LinkedHashMap<>();
        for (Layer layer : layers) {
            Windows seen = layer.accept(sight);
            windows.put(layer.name(), seen);
            fields.put(layer.name(), new ReceptiveField(seen.size(), seen.stride()));
        }
        return fields;
    }

    /** What the values of one layer see, from what those of the layers before it see. */
    private record Sight(Map<String, Windows> windows) implements Layer.Visitor<Windows> {
        @Override
        public Windows input(Input layer) {
            return Windows.IMAGE;
        }

        @Override
        public Windows padToMultiple(PadToMultiple layer) {
            return windows.get(layer.input());
        }

        @Override
        public Windows convolution(Convolution layer) {
            return windows.get(layer.input()).gathered(layer.kernel(), 1, layer.padding());
        }

        @Override
        public Windows maxPool(MaxPool layer) {
            return windows.get(layer.input()).gathered(layer.kernel(), layer.stride(), 0);
        }

        @Override
        public Windows dropout(Dropout layer) {
            return windows.get(layer.input());
        }

        @Override
        public Windows scale(Scale layer) {
            return windows.get(layer.input());
        }

        @Override
        public Windows transposedConvolution(TransposedConvolution layer) {
            return windows.get(layer.input()).scattered(layer.kernel(), layer.stride(), layer.padding());
        }

        @Override
        public Windows crop(Crop layer) {
            return windows.get(layer.input()).cropped(layer.offset());
        }

        @Override
        public Windows add(Add layer) {
            return windows.get(layer.left()).joined(windows.get(layer.right()));
        }
    }
}
