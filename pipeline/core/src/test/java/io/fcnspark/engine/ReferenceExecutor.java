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
        return run(data, this::convolve);
    }

    /** What a convolution makes of its input. */
    @FunctionalInterface
    interface ConvolutionRule {
        Values apply(Convolution layer, Values in, Shape shape);
    }

    /** The values of every layer, with other convolutions. */
    Map<String, Values> run(Values data, ConvolutionRule convolutions) {
        Definitions definitions = new Definitions(data, convolutions);
        for (Layer layer : layers) {
            definitions.results.put(layer.name(), layer.accept(definitions));
        }
        return definitions.results;
    }

    private final class Definitions implements Layer.Visitor<Values> {
        private final Values data;
        private final ConvolutionRule convolutions;
        private final Map<String, Shape> shapes;
        private final Map<String, Values> results = new LinkedHashMap<>();

        Definitions(Values data, ConvolutionRule convolutions) {
            this.data = data;
            this.convolutions = convolutions;
            this.shapes =
                    Shapes.infer(layers, data.shape().height(), data.shape().width());
        }

        @Override
        public Values input(Input layer) {
            return data;
        }

        @Override
        public Values padToMultiple(PadToMultiple layer) {
            Values in = results.get(layer.input());
            return map(shapes.get(layer.name()), (c, y, x) -> in.orZero(c, y, x));
        }

        @Override
        public Values convolution(Convolution layer) {
            return convolutions.apply(layer, results.get(layer.input()), shapes.get(layer.name()));
        }

        @Override
        public Values maxPool(MaxPool layer) {
            return pool(layer, results.get(layer.input()), shapes.get(layer.name()));
        }

        @Override
        public Values dropout(Dropout layer) {
            return results.get(layer.input());
        }

        @Override
        public Values scale(Scale layer) {
            Values in = results.get(layer.input());
            return map(shapes.get(layer.name()), (c, y, x) -> in.at(c, y, x) * layer.factor());
        }

        @Override
        public Values transposedConvolution(TransposedConvolution layer) {
            return convolveTransposed(layer, results.get(layer.input()), shapes.get(layer.name()));
        }

        @Override
        public Values crop(Crop layer) {
            Values in = results.get(layer.input());
            return map(shapes.get(layer.name()), (c, y, x) -> in.at(c, y + layer.offset(), x + layer.offset()));
        }

        @Override
        public Values add(Add layer) {
            Values left = results.get(layer.left());
            Values right = results.get(layer.right());
            return map(shapes.get(layer.name()), (c, y, x) -> left.at(c, y, x) + right.at(c, y, x));
        }
    }

    Values convolve(Convolution c, Values in, Shape shape) {
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
    interface Definition {
        double value(int channel, int y, int x);
    }

    static Values map(Shape shape, Definition definition) {
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
