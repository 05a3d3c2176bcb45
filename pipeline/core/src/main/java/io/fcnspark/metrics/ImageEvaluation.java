package io.fcnspark.metrics;

import java.util.List;
import java.util.Optional;

/**
 * How one mask compares with its truth.
 *
 * @param confusion of its pixels
 * @param boundaries of the classes that have a value; empty if contours were not compared
 * @param reliability of its confidence; empty if that is not known
 */
public record ImageEvaluation(
        ConfusionMatrix confusion, List<BoundaryF1> boundaries, Optional<Reliability> reliability) {
    public ImageEvaluation {
        boundaries = List.copyOf(boundaries);
    }
}
