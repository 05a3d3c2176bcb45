package io.fcnspark.jobs;

import io.fcnspark.metrics.Evaluation;
import io.fcnspark.metrics.Interval;
import io.fcnspark.metrics.Intervals;
import io.fcnspark.metrics.MetricsComparison;
import io.fcnspark.metrics.MetricsComparison.Difference;
import io.fcnspark.metrics.Score;
import io.fcnspark.metrics.SegmentationMetrics;
import io.fcnspark.metrics.SegmentationMetrics.ClassMetrics;
import io.fcnspark.spark.evaluate.ComparedRuns;
import io.fcnspark.spark.evaluate.EvaluatedGroup;
import io.fcnspark.spark.evaluate.EvaluationResult;
import io.fcnspark.spark.label.LabelPlan;
import io.fcnspark.spark.label.LabelProgress;
import io.fcnspark.spark.label.LabelResult;
import io.fcnspark.spark.report.ReportResult;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

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

    /** What would be done. */
    void print(LabelPlan plan) {
        line("a dry run: nothing is labelled, nothing is written");
        line(
                "images   %,d listed, %,d of them to label, %,d done before or left out",
                plan.images(), plan.toLabel(), plan.images() - plan.toLabel());
        leftOut(plan.leftOutByEnding());
        line("waves    %,d, of %,d tasks each", plan.waves(), plan.tasksPerWave());
        line("model    %s", plan.model());
        line("engine   %s on %s in %s (%s)", plan.engine(), plan.device(), plan.precision(), plan.reason());
        line("output   %s", plan.output());
    }

    /** How the same is submitted to a cluster. */
    void print(SubmitLine submit) {
        line("submit   %s", submit);
    }

    /** What was done, and where it is. */
    void print(LabelResult report) {
        line("");
        line(
                "%,d images listed: %,d labelled, %,d rejected, %,d done before",
                report.images(), report.labelled(), report.rejected(), report.skipped());
        counts("rejected as", report.rejectsByCode());
        if (report.unavailable() > 0) {
            line("  %,d could not be read and have no row: run the same again to try them again", report.unavailable());
        }
        leftOut(report.leftOutByEnding());
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

    /** What a report holds. */
    void print(ReportResult report) {
        line(
                "%,d images of %,d %s, %,d of them with pictures, %.1f MB: %s",
                report.rows(),
                report.runs(),
                report.runs() == 1 ? "run" : "runs",
                report.pictures(),
                report.bytes() / 1e6,
                report.output());
    }

    /** How good masks are, and what could not be compared. */
    void print(EvaluationResult report) {
        Evaluation evaluation = report.evaluation();
        Intervals intervals = evaluation.intervals();
        SegmentationMetrics metrics = report.metrics();
        line("");
        line("%-24s %14s %9s %9s %21s %12s", "class", "truth pixels", "accuracy", "IU", "95 % interval", "boundary F1");
        for (ClassMetrics c : metrics.classes()) {
            line(
                    "%-24s %,14d %9s %9s %21s %12s",
                    c.name(),
                    c.pixels(),
                    percent(c.accuracy()),
                    percent(c.iou()),
                    range(intervals.ofIou(c.id())),
                    percent(evaluation.boundaries().ofClass(c.id())));
        }
        line("");
        score(name(Score.PIXEL_ACCURACY), metrics.pixelAccuracy(), intervals.of(Score.PIXEL_ACCURACY));
        score(name(Score.MEAN_ACCURACY), metrics.meanAccuracy(), intervals.of(Score.MEAN_ACCURACY));
        score(name(Score.MEAN_IOU), metrics.meanIou(), intervals.of(Score.MEAN_IOU));
        score(
                name(Score.FREQUENCY_WEIGHTED_IOU),
                metrics.frequencyWeightedIou(),
                intervals.of(Score.FREQUENCY_WEIGHTED_IOU));
        OptionalDouble boundaries = evaluation.boundaries().mean();
        if (boundaries.isPresent()) {
            score("mean boundary F1", boundaries, Optional.empty());
        } else {
            line("%-24s %9s  (no image has a contour: no two classes meet in truth or masks)", "mean boundary F1", "-");
        }
        OptionalDouble calibration = evaluation.reliability().expectedCalibrationError();
        if (calibration.isPresent()) {
            score("calibration error", calibration, Optional.empty());
        } else {
            line("%-24s %9s  (label with --confidence-map to have it)", "calibration error", "-");
        }
        images(metrics);
        counts("left out as", report.leftOutByCode());
        report.by().ifPresent(expression -> groups(expression, report));
        report.comparison().ifPresent(this::print);
    }

    private void groups(String expression, EvaluationResult report) {
        line("");
        line("by %s", expression);
        line("%-32s %10s %15s %9s %21s", "", "images", "pixel accuracy", "mean IU", "95 % interval");
        for (EvaluatedGroup group : report.groups()) {
            SegmentationMetrics metrics = report.metrics(group);
            line(
                    "%-32s %,10d %15s %9s %21s",
                    group.value() == null ? "NULL" : group.value(),
                    metrics.images(),
                    percent(metrics.pixelAccuracy()),
                    percent(metrics.meanIou()),
                    range(group.evaluation().intervals().of(Score.MEAN_IOU)));
        }
    }

    private void print(ComparedRuns runs) {
        line("");
        line(
                "against %s, on %,d images of both",
                runs.against(), runs.comparison().images());
        line("%-24s %9s %9s %12s %23s %8s", "", "masks", "against", "difference", "95 % interval", "p");
        runs.comparison().scores().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(score -> difference(name(score.getKey()), score.getValue()));
        runs.comparison().classes().forEach(c -> difference("IU of " + c.name(), c.iou()));
        line("* p below %s, each taken for itself", MetricsComparison.SIGNIFICANCE);
        onlyIn("--masks", runs.onlyInMasks(), runs.someOnlyInMasks());
        onlyIn("--against", runs.onlyInAgainst(), runs.someOnlyInAgainst());
    }

    private void difference(String name, Difference difference) {
        line(
                "%-24s %9s %9s %12s %23s %8s %s",
                name,
                percent(difference.masks()),
                percent(difference.against()),
                difference.difference().isPresent()
                        ? String.format(
                                Locale.ROOT,
                                "%+.2f %%",
                                100 * difference.difference().getAsDouble())
                        : "-",
                difference
                        .interval()
                        .map(i -> String.format(Locale.ROOT, "%+.2f to %+.2f %%", 100 * i.low(), 100 * i.high()))
                        .orElse("-"),
                difference.pValue().isPresent()
                        ? String.format(Locale.ROOT, "%.3f", difference.pValue().getAsDouble())
                        : "-",
                difference.isSignificant() ? "*" : "");
    }

    private void onlyIn(String option, long count, List<String> some) {
        if (count > 0) {
            line("only in %s: %,d images, for example %s", option, count, some.get(0));
        }
    }

    private void score(String name, OptionalDouble value, Optional<Interval> interval) {
        if (interval.isPresent()) {
            line("%-24s %9s  (%s)", name, percent(value), range(interval));
        } else {
            line("%-24s %9s", name, percent(value));
        }
    }

    private static String name(Score score) {
        return switch (score) {
            case PIXEL_ACCURACY -> "pixel accuracy";
            case MEAN_ACCURACY -> "mean accuracy";
            case MEAN_IOU -> "mean IU";
            case FREQUENCY_WEIGHTED_IOU -> "frequency weighted IU";
        };
    }

    private static String range(Optional<Interval> interval) {
        return interval.map(i -> String.format(Locale.ROOT, "%.2f to %.2f %%", 100 * i.low(), 100 * i.high()))
                .orElse("-");
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
        images(metrics);
    }

    private void images(SegmentationMetrics metrics) {
        line(
                "over %,d images with %,d pixels; %,d more have no truth",
                metrics.images(), metrics.pixels(), metrics.ignoredPixels());
    }

    /** Files that were not listed as images. */
    void leftOut(Map<String, Long> byEnding) {
        if (!byEnding.isEmpty()) {
            line(
                    "  left out, by their endings: %s",
                    byEnding.entrySet().stream()
                            .map(e -> String.format(Locale.ROOT, "%s %,d", e.getKey(), e.getValue()))
                            .collect(Collectors.joining(", ")));
        }
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
