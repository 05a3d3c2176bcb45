package io.fcnspark.engine;

import io.fcnspark.network.Fcn;
import io.fcnspark.network.Layer;
import io.fcnspark.network.Layer.Activation;
import io.fcnspark.network.Layer.Add;
import io.fcnspark.network.Layer.Convolution;
import io.fcnspark.network.Layer.Crop;
import io.fcnspark.network.Layer.Dropout;
import io.fcnspark.network.Layer.Input;
import io.fcnspark.network.Layer.MaxPool;
import io.fcnspark.network.Layer.PadToMultiple;
import io.fcnspark.network.Layer.Scale;
import io.fcnspark.network.Layer.TransposedConvolution;
import io.fcnspark.network.Shape;
import io.fcnspark.network.Shapes;
import io.fcnspark.weights.Weights;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Computes a network in double precision, with loops written straight from the definitions. What engines are held to; itself
 * held to vectors that were computed elsewhere.
 */
public final class ReferenceExecutor {
    private final List<Layer> layers;
    private final Weights weights;

    public ReferenceExecutor(Fcn network, Weights weights) {
        this(network.layers(), weights);
    }

    ReferenceExecutor(List<Layer> layers, Weights weights) {
        this.layers = layers;
        this.weights = weights;
    }

    /** The values of every layer by name, for one preprocessed image. */
    public Map<String, Values> run(Values data) {
        Map<String, Shape> shapes =
                Shapes.infer(layers, data.shape().height(), data.shape().width());
        Map<String, Values> results = new LinkedHashMap<>();
        for (Layer layer : layers) {
            results.put(layer.name(), compute(layer, data, results, shapes.get(layer.name())));
        }
        return results;
    }

    private Values compute(Layer layer, Values data, Map<String, Values> results, Shape shape) {
        if (layer instanceof Input) {
            return data;
        }
        Values in = results.get(layer.inputs().get(0));
        if (layer instanceof Convolution c) {
            return convolve(c, in, shape);
        }
        if (layer instanceof TransposedConvolution t) {
            return convolveTransposed(t, in, shape);
        }
        if (layer instanceof MaxPool p) {
            return pool(p, in, shape);
        }
        if (layer instanceof PadToMultiple) {
            return map(shape, (c, y, x) -> in.orZero(c, y, x));
        }
        if (layer instanceof Dropout) {
            return in;
        }
        if (layer instanceof Scale scale) {
            return map(shape, (c, y, x) -> in.at(c, y, x) * scale.factor());
        }
        if (layer instanceof Crop crop) {
            return map(shape, (c, y, x) -> in.at(c, y + crop.offset(), x + crop.offset()));
        }
        if (layer instanceof Add add) {
            Values right = results.get(add.right());
            return map(shape, (c, y, x) -> in.at(c, y, x) + right.at(c, y, x));
        }
        throw new IllegalStateException("no definition of " + layer);
    }

    private Values convolve(Convolution c, Values in, Shape shape) {
        FloatBuffer weight = weights.tensor(c.name() + ".weight").floats();
        FloatBuffer bias = weights.tensor(c.name() + ".bias").floats();
        int k = c.kernel();
        return map(shape, (o, y, x) -> {
            double sum = bias.get(o);
            for (int i = 0; i < c.inputChannels(); i++) {
                for (int ky = 0; ky < k; ky++) {
                    for (int kx = 0; kx < k; kx++) {
                        double value = in.orZero(i, y + ky - c.padding(), x + kx - c.padding());
                        sum += value * weight.get(((o * c.inputChannels() + i) * k + ky) * k + kx);
                    }
                }
            }
            return c.activation() == Activation.RELU ? Math.max(0, sum) : sum;
        });
    }

    /** Every input value adds the kernel, times itself, to the full result, which then loses the padding on each side. */
    private Values convolveTransposed(TransposedConvolution t, Values in, Shape shape) {
        FloatBuffer weight = weights.tensor(t.name() + ".weight").floats();
        int k = t.kernel();
        int height = (in.shape().height() - 1) * t.stride() + k;
        int width = (in.shape().width() - 1) * t.stride() + k;
        Values full = Values.zeros(new Shape(t.channels(), height, width));
        for (int i = 0; i < t.inputChannels(); i++) {
            for (int o = 0; o < t.channels(); o++) {
                for (int y = 0; y < in.shape().height(); y++) {
                    for (int x = 0; x < in.shape().width(); x++) {
                        for (int ky = 0; ky < k; ky++) {
                            for (int kx = 0; kx < k; kx++) {
                                double w = weight.get(((i * t.channels() + o) * k + ky) * k + kx);
                                full.add(o, y * t.stride() + ky, x * t.stride() + kx, in.at(i, y, x) * w);
                            }
                        }
                    }
                }
            }
        }
        return map(shape, (c, y, x) -> full.at(c, y + t.padding(), x + t.padding()));
    }

    private static Values pool(MaxPool p, Values in, Shape shape) {
        return map(shape, (c, y, x) -> {
            double max = Double.NEGATIVE_INFINITY;
            for (int py = y * p.stride();
                    py < Math.min(y * p.stride() + p.kernel(), in.shape().height());
                    py++) {
                for (int px = x * p.stride();
                        px < Math.min(x * p.stride() + p.kernel(), in.shape().width());
                        px++) {
                    max = Math.max(max, in.at(c, py, px));
                }
            }
            return max;
        });
    }

    @FunctionalInterface
    private interface Definition {
        double value(int channel, int y, int x);
    }

    private static Values map(Shape shape, Definition definition) {
        Values result = Values.zeros(shape);
        for (int c = 0; c < shape.channels(); c++) {
            for (int y = 0; y < shape.height(); y++) {
                for (int x = 0; x < shape.width(); x++) {
                    result.set(c, y, x, definition.value(c, y, x));
                }
            }
        }
        return result;
    }
}
