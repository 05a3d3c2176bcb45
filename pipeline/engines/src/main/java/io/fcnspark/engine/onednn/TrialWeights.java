package io.fcnspark.engine.onednn;

import io.fcnspark.engine.Precision;
import io.fcnspark.network.Fcn;
import io.fcnspark.network.Layer;
import io.fcnspark.network.Layer.Activation;
import io.fcnspark.network.Layer.Convolution;
import io.fcnspark.network.Parameter;
import io.fcnspark.weights.DataType;
import io.fcnspark.weights.Quantisation;
import io.fcnspark.weights.Tensor;
import io.fcnspark.weights.Weights;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Random weights to try and to measure layers with.
 *
 * @param quantisation in int8, of all convolutions with a ReLU; of nothing otherwise
 */
record TrialWeights(Weights weights, Quantisation quantisation) {
    private static final float SCALE = 0.01f;

    static TrialWeights of(List<Layer> layers, Precision precision) {
        List<String> quantised = layers.stream()
                .filter(layer -> precision == Precision.INT8
                        && layer instanceof Convolution c
                        && c.activation() == Activation.RELU)
                .map(Layer::name)
                .toList();
        Map<String, Float> scales = new LinkedHashMap<>();
        if (!quantised.isEmpty()) {
            scales.put(Fcn.DATA, SCALE);
        }
        quantised.forEach(layer -> scales.put(layer, SCALE));
        SplittableRandom random = new SplittableRandom(1);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Layer layer : layers) {
            for (Parameter parameter : Fcn.parameters(layer)) {
                boolean integers =
                        quantised.contains(layer.name()) && parameter.shape().size() > 1;
                tensors.put(parameter.name(), integers ? integers(parameter, random) : reals(parameter, random));
                if (integers) {
                    Parameter scale = new Parameter(
                            Quantisation.weightScale(layer.name()),
                            List.of(parameter.shape().get(0)));
                    tensors.put(scale.name(), reals(scale, random));
                }
            }
        }
        return new TrialWeights(new Weights(tensors), new Quantisation(quantised, scales));
    }

    private static Tensor integers(Parameter parameter, SplittableRandom random) {
        byte[] values = new byte[Math.toIntExact(parameter.size())];
        random.nextBytes(values);
        return new Tensor(DataType.I8, parameter.shape(), ByteBuffer.wrap(values));
    }

    private static Tensor reals(Parameter parameter, SplittableRandom random) {
        float[] values = new float[Math.toIntExact(parameter.size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextDouble() - 0.5) * SCALE;
        }
        return Tensor.of(parameter.shape(), values);
    }
}
