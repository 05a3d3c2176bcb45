package io.fcnspark.engine.dl4j;

import io.fcnspark.engine.FeatureMaps;
import io.fcnspark.network.Backbone;
import io.fcnspark.network.Fcn;
import io.fcnspark.network.Geometry;
import io.fcnspark.network.Layer;
import io.fcnspark.network.Parameter;
import io.fcnspark.network.Variant;
import io.fcnspark.weights.Tensor;
import io.fcnspark.weights.Weights;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Small networks with seeded weights. */
final class Nets {
    private Nets() {}

    /** A network of some layers of one's own; the last one's name is the output. */
    static Fcn of(Layer... layers) {
        return new Fcn(Variant.FCN_8S, Backbone.vgg16(), 2, Geometry.CAFFE, List.of(layers));
    }

    static Fcn tiny(Variant variant, Geometry geometry) {
        return Fcn.of(variant, Backbone.vgg16(1 / 64.0), 3, geometry);
    }

    /** Weights that keep the size of values about the same from layer to layer. */
    static Weights weights(Fcn network, long seed) {
        Random random = new Random(seed);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Parameter parameter : network.parameters()) {
            float[] values = new float[Math.toIntExact(parameter.size())];
            double deviation = Math.sqrt(2.0 * parameter.shape().get(0) / values.length);
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (random.nextGaussian() * deviation);
            }
            tensors.put(parameter.name(), Tensor.of(parameter.shape(), values));
        }
        return new Weights(tensors);
    }

    /** Values around zero. */
    static FeatureMaps images(int count, int channels, int height, int width, long seed) {
        FeatureMaps images = FeatureMaps.allocate(count, channels, height, width);
        Random random = new Random(seed);
        FloatBuffer values = images.values();
        while (values.hasRemaining()) {
            values.put((float) random.nextGaussian());
        }
        return images;
    }

    static float[] values(FeatureMaps maps) {
        float[] values = new float[maps.values().remaining()];
        maps.values().get(values);
        return values;
    }
}
