package io.fcnspark.engine;

import io.fcnspark.network.Fcn;
import io.fcnspark.weights.Weights;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/** An engine: a library that computes networks. Found by {@link java.util.ServiceLoader}. */
public interface EngineProvider {
    /** The name in {@code --engine} and in tables, for example {@code onnxruntime}. */
    String name();

    /** Engines with a higher number are tried first when the choice is automatic. */
    int preference();

    /**
     * Why this engine cannot run on this machine's device in this precision: what was looked for, and what to do; empty if it
     * can.
     */
    Optional<String> unavailable(Device device, Precision precision);

    /**
     * Loads a network. The weights may be memory-mapped; they are not needed after this returns.
     *
     * @param weights the network's tensors, none missing, each of its shape
     */
    NetworkRunner load(Fcn network, Weights weights, RunnerOptions options);

    /**
     * Tells how quickly this engine computes a network in several precisions, from a trial of some ten milliseconds in layers like
     * the network's, or from an earlier one on the same kind of processor.
     *
     * @param precisions in which this engine can run on that device
     * @return a rate for each, in GFLOP/s of one thread, to compare precisions by; empty if this engine does not measure, and the
     *     first precision is as good as any
     */
    default Map<Precision, Double> speeds(Device device, Fcn network, Set<Precision> precisions) {
        return Map.of();
    }

    /**
     * Measures, within a second or so, the best rate that this engine's library reaches on this machine's CPU in any large
     * matrix product or convolution: what a whole network is compared with.
     *
     * @param threads CPU threads
     * @return in GFLOP/s; empty if this engine cannot measure it, or does not compute in that precision here
     */
    default OptionalDouble peakGflops(Precision precision, int threads) {
        return OptionalDouble.empty();
    }
}
