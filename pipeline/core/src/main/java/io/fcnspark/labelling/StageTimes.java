package io.fcnspark.labelling;

import java.io.Serializable;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What images cost, stage by stage. Sums, in any order, from {@link #NONE}.
 *
 * @param images number of images
 * @param nanos by stage, of all images together
 * @param firstLabel when the first of them was labelled; null if none was
 */
public record StageTimes(long images, Map<Stage, Long> nanos, Instant firstLabel) implements Serializable {
    /** No image. */
    public static final StageTimes NONE = new StageTimes(0, Map.of(), null);

    public StageTimes {
        nanos = Map.copyOf(nanos);
    }

    /** Both together. */
    public StageTimes plus(StageTimes other) {
        Map<Stage, Long> sums = new LinkedHashMap<>(nanos);
        other.nanos.forEach((stage, value) -> sums.merge(stage, value, Long::sum));
        return new StageTimes(images + other.images, sums, earlier(firstLabel, other.firstLabel));
    }

    private static Instant earlier(Instant a, Instant b) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        return a.isBefore(b) ? a : b;
    }

    /** Seconds of a stage, of all images and tasks together. */
    public double seconds(Stage stage) {
        return nanos.getOrDefault(stage, 0L) / 1e9;
    }

    /** Milliseconds an image by the stages' names, in their order; empty if there was no image. */
    public Map<String, Double> millisecondsPerImage() {
        Map<String, Double> milliseconds = new LinkedHashMap<>();
        if (images > 0) {
            for (Stage stage : Stage.values()) {
                milliseconds.put(stage.id(), nanos.getOrDefault(stage, 0L) / 1e6 / images);
            }
        }
        return milliseconds;
    }

    /** When the first image was labelled; empty if none was. */
    public Optional<Instant> firstLabelled() {
        return Optional.ofNullable(firstLabel);
    }
}
