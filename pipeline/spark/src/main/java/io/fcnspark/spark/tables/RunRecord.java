package io.fcnspark.spark.tables;

import io.fcnspark.metrics.SegmentationMetrics;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import scala.collection.JavaConverters;

/**
 * A run, for those who look later: a row of the table {@code runs}. Its parts mean what {@link RunsSchema} says.
 *
 * @param error why the run failed; empty if it did not
 * @param counts empty if the run failed
 * @param metrics empty without truth
 */
public record RunRecord(
        String runId,
        LocalDate runDate,
        Instant started,
        Instant ended,
        Status status,
        Optional<String> error,
        Optional<Counts> counts,
        Computation computation,
        Optional<SegmentationMetrics> metrics,
        Map<String, String> versions,
        String applicationId,
        Map<String, String> options) {
    /** How a run ended. */
    public enum Status {
        /** All is committed. */
        DONE,
        /** All is committed, but more images were bad than it was to put up with. */
        OVER_REJECT_RATE,
        /** What is committed stays; the next run does the rest. */
        FAILED;

        /** As in the table. */
        public String id() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * Images, as the result of a labelling run counts them.
     *
     * @param imagesPerSecond that the run worked on
     */
    public record Counts(
            long images,
            long labelled,
            long rejected,
            Map<String, Long> rejectsByCode,
            long skipped,
            long unavailable,
            Map<String, Long> leftOutByEnding,
            double imagesPerSecond) {
        public Counts {
            leftOutByEnding = Map.copyOf(leftOutByEnding);
            rejectsByCode = Map.copyOf(rejectsByCode);
        }
    }

    /** What computed. */
    public record Computation(String model, String engine, String precision, String device) {}

    public RunRecord {
        versions = Map.copyOf(versions);
        options = Map.copyOf(options);
    }

    /** With the columns of {@link RunsSchema#SCHEMA}. */
    Row toRow() {
        return RowFactory.create(
                runId,
                Date.valueOf(runDate),
                Timestamp.from(started),
                Timestamp.from(ended),
                status.id(),
                error.orElse(null),
                counts.map(Counts::images).orElse(null),
                counts.map(Counts::labelled).orElse(null),
                counts.map(Counts::rejected).orElse(null),
                counts.map(c -> JavaConverters.mapAsScalaMap(c.rejectsByCode())).orElse(null),
                counts.map(Counts::skipped).orElse(null),
                counts.map(Counts::unavailable).orElse(null),
                Duration.between(started, ended).toMillis() / 1000.0,
                counts.map(Counts::imagesPerSecond).orElse(null),
                computation.model(),
                computation.engine(),
                computation.precision(),
                computation.device(),
                metrics.map(m -> orNull(m.pixelAccuracy())).orElse(null),
                metrics.map(m -> orNull(m.meanIou())).orElse(null),
                JavaConverters.mapAsScalaMap(versions),
                applicationId,
                JavaConverters.mapAsScalaMap(options),
                counts.map(c -> JavaConverters.mapAsScalaMap(c.leftOutByEnding()))
                        .orElse(null));
    }

    private static Double orNull(OptionalDouble value) {
        return value.isPresent() ? value.getAsDouble() : null;
    }
}
