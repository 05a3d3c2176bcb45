package io.fcnspark.engine;

import java.util.List;

/** A runner whose engine can tell how long each layer takes. */
public interface LayerTimer extends NetworkRunner {
    /**
     * Runs the network as {@link #run} does and times its layers. A layer that is computed as part of another, as an activation
     * within its convolution, counts there and is not named.
     *
     * @return in the order of computation
     */
    List<LayerTime> runTimed(FeatureMaps data, FeatureMaps result);
}
