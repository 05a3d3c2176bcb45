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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Floating-point operations of the layers that multiply: a multiplication and an addition count as two. */
public final class Operations {
    private Operations() {}

    /** Operations by layer for one image of that size; layers that do not multiply count zero. */
    public static Map<String, Long> count(List<Layer> layers, int height, int width) {
        Count count = new Count(Shapes.infer(layers, height, width));
        Map<String, Long> operations = new LinkedHashMap<>();
        for (Layer layer : layers) {
            operations.put(layer.name(), layer.accept(count));
        }
        return operations;
    }

    private record Count(Map<String, Shape> shapes) implements Layer.Visitor<Long> {
        @Override
        public Long input(Input layer) {
            return 0L;
        }

        @Override
        public Long padToMultiple(PadToMultiple layer) {
            return 0L;
        }

        @Override
        public Long convolution(Convolution layer) {
            return 2 * shapes.get(layer.name()).size() * layer.inputChannels() * layer.kernel() * layer.kernel();
        }

        @Override
        public Long maxPool(MaxPool layer) {
            return 0L;
        }

        @Override
        public Long dropout(Dropout layer) {
            return 0L;
        }

        @Override
        public Long scale(Scale layer) {
            return 0L;
        }

        @Override
        public Long transposedConvolution(TransposedConvolution layer) {
            return 2 * shapes.get(layer.input()).size() * layer.channels() * layer.kernel() * layer.kernel();
        }

        @Override
        public Long crop(Crop layer) {
            return 0L;
        }

        @Override
        public Long add(Add layer) {
            return 0L;
        }
    }
}
