package io.fcnspark.engine;

/**
 * How long a part of a network took.
 *
 * @param layer name of the layer, or of a part of the work that is no layer
 * @param nanos for one batch
 */
public record LayerTime(String layer, long nanos) {}
