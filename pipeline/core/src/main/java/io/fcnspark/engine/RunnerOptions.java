package io.fcnspark.engine;

import io.fcnspark.weights.Quantisation;

/**
 * How a network is to be run.
 *
 * @param outputLayer name of the layer whose values are wanted; layers that it does not need are not run
 * @param threads CPU threads for one run
 * @param quantisation which layers are computed in integers, their weights being integers; something in int8, nothing otherwise
 */
public record RunnerOptions(
        String outputLayer, Device device, Precision precision, int threads, Quantisation quantisation) {
    public RunnerOptions {
        if (quantisation.isPresent() != (precision == Precision.INT8)) {
            throw new IllegalArgumentException(
                    "%s with layers %s of integers".formatted(precision, quantisation.layers()));
        }
        if (threads < 1) {
            throw new IllegalArgumentException("threads is " + threads + ": expected at least 1");
        }
    }

    /** For a network of real numbers. */
    public RunnerOptions(String outputLayer, Device device, Precision precision, int threads) {
        this(outputLayer, device, precision, threads, Quantisation.NONE);
    }
}
