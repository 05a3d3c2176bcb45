package io.fcnspark.engine;

/** Is told how long the parts of a {@link Segmenter}'s work took. */
@FunctionalInterface
public interface PhaseListener {
    /** Does not listen. */
    PhaseListener NONE = (phase, nanos) -> {};

    /** What a segmenter does, in this order. */
    enum Phase {
        /** From pixels to what the network takes. */
        PREPROCESS,
        /** The engine's part. */
        NETWORK,
        /** From scores to labels, confidence and entropy; the last upsampling, where the engine leaves it out. */
        POSTPROCESS
    }

    /** Takes note of one part of the work on one batch. */
    void took(Phase phase, long nanos);
}
