package io.fcnspark.weights;

import io.fcnspark.network.Fcn;
import io.fcnspark.network.Layer;
import io.fcnspark.network.Layer.Add;
import io.fcnspark.network.Layer.Convolution;
import io.fcnspark.network.Layer.Crop;
import io.fcnspark.network.Layer.Dropout;
import io.fcnspark.network.Layer.Input;
import io.fcnspark.network.Layer.MaxPool;
import io.fcnspark.network.Layer.PadToMultiple;
import io.fcnspark.network.Layer.Scale;
import io.fcnspark.network.Layer.TransposedConvolution;
import io.fcnspark.network.Parameter;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Weights to start from, or to measure with. Convolutions are normally distributed with mean 0 and variance {@code 2 /
 * (inputs * k * k)}, which keeps the variance through layers with ReLU (He et al., "Delving deep into rectifiers", 2015);
 * biases are zero; transposed convolutions interpolate bilinearly.
 *
 * <p>A tensor depends on the seed, its name and its shape, and on nothing else: neither on the machine nor on what other
 * tensors there are. So FCN-8s and FCN-32s of one seed share their backbone.
 */
public final class RandomWeights {
    private RandomWeights() {}

    /** How the score layers ({@code score_fr}, {@code score_pool4}, {@code score_pool3}) begin. */
    public enum ScoreLayers {
        /** Zero, as the authors begin to fine-tune: every class gets the same score. */
        ZERO,
        /** Like the other convolutions, so that the network's output depends on its input. */
        HE_NORMAL
    }

    /** Weights of a network, all in memory. */
    public static Weights of(Fcn network, long seed, ScoreLayers scoreLayers) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (TensorSource source : sources(network, seed, scoreLayers)) {
            tensors.put(source.name(), source.make());
        }
        return new Weights(tensors);
    }

    /** The same weights, each tensor made when it is written, in fp32. */
    public static List<TensorSource> sources(Fcn network, long seed, ScoreLayers scoreLayers) {
        Sources sources = new Sources(seed, scoreLayers);
        return network.layers().stream()
                .flatMap(layer -> layer.accept(sources).stream())
                .toList();
    }

    /** The tensors of one layer. */
    private record Sources(long seed, ScoreLayers scoreLayers) implements Layer.Visitor<List<TensorSource>> {
        @Override
        public List<TensorSource> input(Input layer) {
            return List.of();
        }

        @Override
        public List<TensorSource> padToMultiple(PadToMultiple layer) {
            return List.of();
        }

        @Override
        public List<TensorSource> convolution(Convolution layer) {
            Parameter weight = Fcn.parameters(layer).get(0);
            Parameter bias = Fcn.parameters(layer).get(1);
            boolean zero = scoreLayers == ScoreLayers.ZERO && layer.name().startsWith("score_");
            return List.of(zero ? zeros(weight) : heNormal(weight, seed), zeros(bias));
        }

        @Override
        public List<TensorSource> maxPool(MaxPool layer) {
            return List.of();
        }

        @Override
        public List<TensorSource> dropout(Dropout layer) {
            return List.of();
        }

        @Override
        public List<TensorSource> scale(Scale layer) {
            return List.of();
        }

        @Override
        public List<TensorSource> transposedConvolution(TransposedConvolution layer) {
            Parameter weight = Fcn.parameters(layer).get(0);
            return List.of(new TensorSource(
                    weight.name(),
                    DataType.F32,
                    weight.shape(),
                    () -> BilinearKernel.diagonal(layer.channels(), layer.kernel())));
        }

        @Override
        public List<TensorSource> crop(Crop layer) {
            return List.of();
        }

        @Override
        public List<TensorSource> add(Add layer) {
            return List.of();
        }
    }

    private static TensorSource zeros(Parameter parameter) {
        return new TensorSource(
                parameter.name(),
                DataType.F32,
                parameter.shape(),
                () -> new Tensor(DataType.F32, parameter.shape(), Tensor.allocate(parameter.shape())));
    }

    private static TensorSource heNormal(Parameter parameter, long seed) {
        List<Integer> shape = parameter.shape();
        long inputs = parameter.size() / shape.get(0);
        double standardDeviation = Math.sqrt(2.0 / inputs);
        return new TensorSource(parameter.name(), DataType.F32, shape, () -> {
            GaussianStream numbers = new GaussianStream(GaussianStream.seed(seed, parameter.name()));
            ByteBuffer bytes = Tensor.allocate(shape);
            FloatBuffer values = bytes.asFloatBuffer();
            while (values.hasRemaining()) {
                values.put((float) (standardDeviation * numbers.next()));
            }
            return new Tensor(DataType.F32, shape, bytes);
        });
    }
}
