package io.fcnspark.weights;

import io.fcnspark.network.Layer;
import io.fcnspark.network.Layer.Convolution;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * What becomes of the sums of a quantised convolution, which are 32-bit integers: each is rounded to fp32, multiplied by its
 * channel's factor, rounded, added to its channel's offset, rounded, and put through the ReLU. If the result is stored in
 * integers it is at last rounded to the nearest of 0 to 255, to even if two are equally near.
 *
 * @param factors one for each output channel
 * @param offsets one for each output channel
 */
public record Requantisation(float[] factors, float[] offsets) {
    /**
     * That of a layer.
     *
     * @param network the layers of the network
     * @param weights those of a model that is quantised in that way
     */
    public static Requantisation of(
            Convolution layer, List<Layer> network, Weights weights, Quantisation quantisation) {
        double source = quantisation
                .scale(Quantisation.source(network, layer))
                .orElseThrow(() -> new IllegalArgumentException(layer.name() + " is not quantised"));
        double result = quantisation.scale(layer.name()).orElse(1f);
        FloatBuffer scales =
                weights.tensor(Quantisation.weightScale(layer.name())).floats();
        FloatBuffer bias = weights.tensor(layer.name() + ".bias").floats();
        float[] factors = new float[layer.channels()];
        float[] offsets = new float[layer.channels()];
        for (int o = 0; o < factors.length; o++) {
            factors[o] = (float) (source * scales.get(o) / result);
            offsets[o] = (float) (bias.get(o) / result);
        }
        return new Requantisation(factors, offsets);
    }

    /** The result for a sum of channel {@code o}, before the ReLU and before it is stored. */
    public float apply(int o, int sum) {
        return (float) sum * factors[o] + offsets[o];
    }
}
