package io.fcnspark.engine;

import io.fcnspark.network.Fcn;
import io.fcnspark.weights.Weights;
import java.util.Optional;
import java.util.OptionalDouble;

/** An engine: a library that computes networks. Found by {@link java.util.ServiceLoader}. */
public interface EngineProvider {
    /** The name in requests and tables, for example {@code onnxruntime}. */
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
