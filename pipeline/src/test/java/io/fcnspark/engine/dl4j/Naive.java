package io.fcnspark.engine.dl4j;

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
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Layers by their definitions, one image at a time, in double precision. Values are in the order [C, H, W]. */
final class Naive {
    private final Map<String, double[]> values = new HashMap<>();
    private final Map<String, Shape> shapes;
    private final Weights weights;

    private Naive(List<Layer> layers, int height, int width, Weights weights) {
        this.shapes = Shapes.infer(layers, height, width);
        this.weights = weights;
    }

    static double[] run(Fcn network, Weights weights, String output, double[] image, int height, int width) {
        List<Layer> layers = network.layersUpTo(output);
        Naive naive = new Naive(layers, height, width, weights);
        for (Layer layer : layers) {
            naive.values.put(layer.name(), layer instanceof Input ? image : naive.run(layer));
        }
        return naive.values.get(output);
    }

    private double[] run(Layer layer) {
        Shape in = shapes.get(layer.inputs().get(0));
        Shape out = shapes.get(layer.name());
        double[] x = values.get(layer.inputs().get(0));
        double[] y = new double[Math.toIntExact(out.size())];
        for (int c = 0; c < out.channels(); c++) {
            for (int i = 0; i < out.height(); i++) {
                for (int j = 0; j < out.width(); j++) {
                    y[at(out, c, i, j)] = value(layer, x, in, c, i, j);
                }
            }
        }
        return y;
    }

    private double value(Layer layer, double[] x, Shape in, int c, int i, int j) {
        if (layer instanceof Convolution convolution) {
            return convolve(convolution, x, in, c, i, j);
        }
        if (layer instanceof TransposedConvolution transposed) {
            return transpose(transposed, x, in, c, i, j);
        }
        if (layer instanceof MaxPool p) {
            double max = Double.NEGATIVE_INFINITY;
            for (int y = i * p.stride(); y < Math.min(in.height(), i * p.stride() + p.kernel()); y++) {
                for (int z = j * p.stride(); z < Math.min(in.width(), j * p.stride() + p.kernel()); z++) {
                    max = Math.max(max, x[at(in, c, y, z)]);
                }
            }
            return max;
        }
        if (layer instanceof PadToMultiple) {
            return inside(in, i, j) ? x[at(in, c, i, j)] : 0;
        }
        if (layer instanceof Crop crop) {
            return x[at(in, c, i + crop.offset(), j + crop.offset())];
        }
        if (layer instanceof Add add) {
            return x[at(in, c, i, j)] + values.get(add.right())[at(in, c, i, j)];
        }
        if (layer instanceof Scale scale) {
            return x[at(in, c, i, j)] * scale.factor();
        }
        if (layer instanceof Dropout) {
            return x[at(in, c, i, j)];
        }
        throw new IllegalArgumentException(layer.toString());
    }

    private double convolve(Convolution layer, double[] x, Shape in, int c, int i, int j) {
        FloatBuffer w = weights.tensor(layer.name() + ".weight").floats();
        int k = layer.kernel();
        double sum = weights.tensor(layer.name() + ".bias").floats().get(c);
        for (int d = 0; d < in.channels(); d++) {
            for (int u = 0; u < k; u++) {
                for (int v = 0; v < k; v++) {
                    int y = i + u - layer.padding();
                    int z = j + v - layer.padding();
                    if (inside(in, y, z)) {
                        sum += x[at(in, d, y, z)] * w.get(((c * in.channels() + d) * k + u) * k + v);
                    }
                }
            }
        }
        return layer.activation() == Activation.RELU ? Math.max(0, sum) : sum;
    }

    private double transpose(TransposedConvolution layer, double[] x, Shape in, int c, int i, int j) {
        FloatBuffer w = weights.tensor(layer.name() + ".weight").floats();
        int k = layer.kernel();
        double sum = 0;
        for (int d = 0; d < in.channels(); d++) {
            for (int u = 0; u < k; u++) {
                for (int v = 0; v < k; v++) {
                    int y = i + layer.padding() - u;
                    int z = j + layer.padding() - v;
                    if (y % layer.stride() == 0
                            && z % layer.stride() == 0
                            && inside(in, y / layer.stride(), z / layer.stride())) {
                        sum += x[at(in, d, y / layer.stride(), z / layer.stride())]
                                * w.get(((d * layer.channels() + c) * k + u) * k + v);
                    }
                }
            }
        }
        return sum;
    }

    private static boolean inside(Shape shape, int i, int j) {
        return i >= 0 && j >= 0 && i < shape.height() && j < shape.width();
    }

    private static int at(Shape shape, int c, int i, int j) {
        return (c * shape.height() + i) * shape.width() + j;
    }
}
