package io.fcnspark.jobs;

import io.fcnspark.metrics.MetricsComparison.Difference;
import io.fcnspark.metrics.Score;
import io.fcnspark.spark.evaluate.ComparedRuns;
import io.fcnspark.spark.evaluate.EvaluationResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import picocli.CommandLine.Option;

/** Limits that an evaluation has to keep, for a schedule or a build that is to stop where masks get worse. */
final class QualityGates {
    private static final List<String> METRICS = List.of(
            "mean_iou",
            "pixel_accuracy",
            "mean_accuracy",
            "frequency_weighted_iou",
            "mean_image_iou",
            "mean_boundary_f1");

    @Option(
            names = "--fail-under",
            paramLabel = "METRIC=VALUE",
            description =
                    "End with exit code 5 if a metric of the whole is below a value, for example mean_iou=0.6; may be"
                            + " given for several metrics.")
    private Map<String, Double> minima = new LinkedHashMap<>();

    @Option(
            names = "--fail-drop",
            paramLabel = "D",
            description =
                    "With --against: end with exit code 5 if the mean IU, on the images that both have, is lower by more"
                            + " than this, for example 0.02.")
    private Double mostDrop;

    /**
     * Checks the limits themselves.
     *
     * @param against masks to compare with; null if there are none
     * @throws IllegalArgumentException for a gate that makes no sense
     */
    void check(String against) {
        minima.forEach((metric, value) -> {
            if (!METRICS.contains(metric)) {
                throw new IllegalArgumentException(
                        "--fail-under %s=%s: expected one of %s".formatted(metric, value, String.join(", ", METRICS)));
            }
            requireShare("--fail-under " + metric, value);
        });
        if (mostDrop != null) {
            requireShare("--fail-drop", mostDrop);
            if (against == null) {
                throw new IllegalArgumentException(
                        "--fail-drop says how much worse than others masks may be: add --against");
            }
        }
    }

    /** A line for each gate that fails: which, the value, and the limit. */
    List<String> failures(EvaluationResult report) {
        List<String> failures = new ArrayList<>();
        minima.forEach((metric, limit) -> {
            OptionalDouble value = report.headline().get(metric);
            if (value.isEmpty()) {
                failures.add(metric + " has no value, --fail-under asks for " + limit);
            } else if (value.getAsDouble() < limit) {
                failures.add(String.format(
                        Locale.ROOT, "%s is %.4f, --fail-under asks for %s", metric, value.getAsDouble(), limit));
            }
        });
        if (mostDrop != null) {
            ComparedRuns runs = report.comparison().orElseThrow();
            Difference meanIou = runs.comparison().scores().get(Score.MEAN_IOU);
            if (meanIou.difference().isEmpty() || -meanIou.difference().getAsDouble() > mostDrop) {
                failures.add(String.format(
                        Locale.ROOT,
                        "mean_iou is %s against %s of %s, --fail-drop allows %s less",
                        value(meanIou.masks()),
                        value(meanIou.against()),
                        runs.against(),
                        mostDrop));
            }
        }
        return failures;
    }

    private static String value(OptionalDouble value) {
        return value.isPresent() ? String.format(Locale.ROOT, "%.4f", value.getAsDouble()) : "without value";
    }

    private static void requireShare(String option, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException("%s is %s: expected 0 to 1".formatted(option, value));
        }
    }
}
