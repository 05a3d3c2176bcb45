package io.fcnspark.jobs;

import io.fcnspark.metrics.SegmentationMetrics;
import io.fcnspark.metrics.SegmentationMetrics.ClassMetrics;
import io.fcnspark.spark.actions.EvaluationReport;
import io.fcnspark.spark.actions.FineTuneReport;
import io.fcnspark.spark.actions.LabelProgress;
import io.fcnspark.spark.actions.LabelReport;
import io.fcnspark.training.EpochResult;
import io.fcnspark.training.TrainingProgress;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/** What a person sees of a run: a line every few seconds, and a summary at the end. */
final class Summary {
    private final PrintWriter out;

    Summary(PrintWriter out) {
        this.out = out;
    }

    /** A line of progress. */
    void print(LabelProgress progress) {
        line(
                "%,d of %,d images (%.0f %%), %.2f images/s, %s left",
                progress.done(),
                progress.total(),
                100.0 * progress.done() / Math.max(1, progress.total()),
                progress.imagesPerSecond(),
                progress.remaining().map(Summary::duration).orElse("unknown time"));
    }

    /** What was done, and where it is. */
    void print(LabelReport report) {
        line("");
        line(
                "%,d images listed: %,d labelled, %,d rejected, %,d done before",
                report.images(), report.labelled(), report.rejected(), report.skipped());
        counts("rejected as", report.rejectsByCode());
        if (report.unavailable() > 0) {
            line("  %,d could not be read and have no row: run the same again to try them again", report.unavailable());
        }
        line(
                "%s, %.2f images/s, %s in %s, model %s",
                duration(report.duration()),
                report.imagesPerSecond(),
                report.engine(),
                report.precision(),
                report.model());
        report.metrics().ifPresent(this::print);
        line("masks are in %s, run %s", report.output(), report.runId());
    }

    /** A line within an epoch. */
    void print(TrainingProgress progress) {
        line(
                "epoch %d of %d: %,d of %,d images, loss %.4f, %.2f images/s",
                progress.epoch(),
                progress.epochs(),
                progress.images(),
                progress.imagesOfEpoch(),
                progress.loss(),
                progress.imagesPerSecond());
    }

    /** A line after an epoch. */
    void print(EpochResult epoch) {
        line(
                "epoch %d: loss %.4f, validation pixel accuracy %.2f %%, mean IU %.2f %%, %.0f s",
                epoch.epoch(), epoch.loss(), 100 * epoch.pixelAccuracy(), 100 * epoch.meanIou(), epoch.seconds());
    }

    /** What a training came to. */
    void print(FineTuneReport report) {
        line("");
        line(
                "%s in %s: epoch %d of %d, validation pixel accuracy %.2f %%, mean IU %.2f %%",
                report.model(),
                report.output(),
                report.best().epoch(),
                report.history().epochs().size(),
                100 * report.best().pixelAccuracy(),
                100 * report.best().meanIou());
    }

    /** How good masks are, and what could not be compared. */
    void print(EvaluationReport report) {
        print(report.metrics());
        counts("left out as", report.leftOutByCode());
    }

    private void print(SegmentationMetrics metrics) {
        line("");
        line("%-24s %14s %9s %9s", "class", "truth pixels", "accuracy", "IU");
        for (ClassMetrics c : metrics.classes()) {
            line("%-24s %,14d %9s %9s", c.name(), c.pixels(), percent(c.accuracy()), percent(c.iou()));
        }
        line("");
        line(
                "pixel accuracy %s, mean accuracy %s, mean IU %s, frequency weighted IU %s",
                percent(metrics.pixelAccuracy()),
                percent(metrics.meanAccuracy()),
                percent(metrics.meanIou()),
                percent(metrics.frequencyWeightedIou()));
        line(
                "over %,d images with %,d pixels; %,d more have no truth",
                metrics.images(), metrics.pixels(), metrics.ignoredPixels());
    }

    private void counts(String what, Map<String, Long> counts) {
        counts.forEach((code, count) -> line("  %s %s: %,d", what, code, count));
    }

    private static String percent(OptionalDouble share) {
        return share.isPresent() ? String.format(Locale.ROOT, "%.2f %%", 100 * share.getAsDouble()) : "-";
    }

    private static String duration(Duration duration) {
        long seconds = Math.round(duration.toMillis() / 1000.0);
        if (seconds < 60) {
            return seconds + " s";
        }
        return seconds < 3600
                ? "%d min %d s".formatted(seconds / 60, seconds % 60)
                : "%d h %d min".formatted(seconds / 3600, seconds % 3600 / 60);
    }

    private void line(String format, Object... args) {
        out.println(String.format(Locale.ROOT, format, args));
    }
}
