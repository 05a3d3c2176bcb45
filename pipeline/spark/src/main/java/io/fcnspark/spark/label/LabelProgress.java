package io.fcnspark.spark.label;

import java.time.Duration;
import java.util.Optional;

/**
 * How far a run is.
 *
 * @param done images labelled or rejected so far in this run
 * @param total images that this run has to do
 * @param elapsed since the first wave began
 */
public record LabelProgress(long done, long total, Duration elapsed) {
    /** Images per second since the first wave began. */
    public double imagesPerSecond() {
        return elapsed.isZero() ? 0 : done / (elapsed.toNanos() / 1e9);
    }

    /** Time until the last image at the rate so far; empty before the first image. */
    public Optional<Duration> remaining() {
        return done == 0
                ? Optional.empty()
                : Optional.of(Duration.ofMillis(Math.round((total - done) / imagesPerSecond() * 1000)));
    }
}
