package io.fcnspark.metrics;

import java.io.Serializable;
import java.util.Map;
import java.util.Optional;

/**
 * The intervals of all scores of a set of images; one that is not there has no value.
 *
 * @param seed of the bootstrap
 * @param scores of the whole
 * @param accuracies by class id
 * @param ious by class id
 */
public record Intervals(
        long seed, Map<Score, Interval> scores, Map<Integer, Interval> accuracies, Map<Integer, Interval> ious)
        implements Serializable {
    public Intervals {
        scores = Map.copyOf(scores);
        accuracies = Map.copyOf(accuracies);
        ious = Map.copyOf(ious);
    }

    /** The interval of a score. */
    public Optional<Interval> of(Score score) {
        return Optional.ofNullable(scores.get(score));
    }

    /** The interval of a class's accuracy. */
    public Optional<Interval> ofAccuracy(int classId) {
        return Optional.ofNullable(accuracies.get(classId));
    }

    /** The interval of a class's IU. */
    public Optional<Interval> ofIou(int classId) {
        return Optional.ofNullable(ious.get(classId));
    }
}
