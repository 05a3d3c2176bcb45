package io.fcnspark.engine;

/**
 * A network loaded into an engine, weights in native memory, ready to run up to one of its layers. Safe for use by several
 * threads at once.
 */
public interface NetworkRunner extends AutoCloseable {
    /**
     * Runs the network.
     *
     * @param data preprocessed images, {@code [N, 3, H, W]}; H and W are multiples of the geometry's
     *     {@link io.fcnspark.network.Geometry#sizeMultiple()}
     * @param result receives the values of the layer that was asked for, {@code [N, C, h, w]} as
     *     {@link io.fcnspark.network.Shapes} infers it. The caller owns both buffers and may use them again afterwards
     * @throws EngineException if the engine fails
     */
    void run(FeatureMaps data, FeatureMaps result);

    /** Releases the native memory. No run may be in progress. */
    @Override
    void close();
}
