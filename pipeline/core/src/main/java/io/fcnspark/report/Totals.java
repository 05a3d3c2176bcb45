package io.fcnspark.report;

import java.util.OptionalDouble;

/**
 * What the rows of a report add up to.
 *
 * @param rows labelled or rejected
 * @param labelled rows with a mask
 * @param rejected rows with an error
 * @param pixels of all masks
 * @param meanConfidence mean over the labelled images, 0 … 1; empty without any
 * @param meanEntropy mean over the labelled images, in nats; empty without any
 */
public record Totals(
        long rows,
        long labelled,
        long rejected,
        long pixels,
        OptionalDouble meanConfidence,
        OptionalDouble meanEntropy) {}
