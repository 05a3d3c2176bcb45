package io.fcnspark.engine;

/**
 * How a network is to be run.
 *
 * @param outputLayer name of the layer whose values are wanted; layers that it does not need are not run
 * @param threads CPU threads for one run
 */
public record RunnerOptions(String outputLayer, Device device, Precision precision, int threads) {
    public RunnerOptions {
        if (threads < 1) {
            throw new IllegalArgumentException("threads is " + threads + ": expected at least 1");
        }
    }
}
