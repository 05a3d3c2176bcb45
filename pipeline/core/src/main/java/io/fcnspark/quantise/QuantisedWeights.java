package io.fcnspark.quantise;

import io.fcnspark.weights.Quantisation;
import io.fcnspark.weights.Weights;

/**
 * A model in integers.
 *
 * @param clipping how ranges of activations were chosen
 * @param scoreError what is left of the scores' differences from those in fp32: root of the mean square, as part of the scores' own
 */
public record QuantisedWeights(Quantisation quantisation, Weights weights, Clipping clipping, double scoreError) {}
