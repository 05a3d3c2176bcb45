package io.fcnspark.spark.evaluate;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fcnspark.labels.ClassSet;
import io.fcnspark.metrics.Evaluation;
import io.fcnspark.metrics.SegmentationMetrics;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * How good stored masks are.
 *
 * @param classes what the class ids mean
 * @param evaluation over the masks that could be compared
 * @param leftOutByCode masks that could not be compared, by error code; {@code unlabelled} counts rows without a mask
 * @param by expression that {@code groups} are by; empty if there are none
 * @param groups by their value
 * @param comparison with other masks, if asked for
 */
public record EvaluationReport(
        ClassSet classes,
        Evaluation evaluation,
        Map<String, Long> leftOutByCode,
        Optional<String> by,
        List<EvaluatedGroup> groups,
        Optional<ComparedRuns> comparison) {
    public EvaluationReport {
        leftOutByCode = Collections.unmodifiableMap(new TreeMap<>(leftOutByCode));
        groups = List.copyOf(groups);
    }

    /** The published metrics, over the masks that could be compared. */
    public SegmentationMetrics metrics() {
        return metrics(evaluation);
    }

    /** The published metrics of a group. */
    public SegmentationMetrics metrics(EvaluatedGroup group) {
        return metrics(group.evaluation());
    }

    private SegmentationMetrics metrics(Evaluation of) {
        return SegmentationMetrics.of(of.metrics(), classes);
    }

    /** The scores of the whole, by their key in JSON; the more the better. */
    public Map<String, OptionalDouble> headline() {
        SegmentationMetrics m = metrics();
        return new TreeMap<>(Map.of(
                "pixel_accuracy", m.pixelAccuracy(),
                "mean_accuracy", m.meanAccuracy(),
                "mean_iou", m.meanIou(),
                "frequency_weighted_iou", m.frequencyWeightedIou(),
                "mean_image_iou", m.meanImageIou(),
                "mean_boundary_f1", evaluation.boundaries().mean()));
    }

    /**
     * As JSON: that of {@link Evaluation#toJson}, with {@code left_out_by_code}, and where they were asked for {@code by:
     * {expression, groups: [{value, …}]}}, each with the keys of the whole but the confusion matrix, and {@code comparison}: that
     * of {@link io.fcnspark.metrics.MetricsComparison#toJson} with {@code against, only_in_masks, only_in_masks_examples,
     * only_in_against, only_in_against_examples}.
     */
    public ObjectNode toJson() {
        ObjectNode json = evaluation.toJson(classes);
        ObjectNode leftOut = json.putObject("left_out_by_code");
        leftOutByCode.forEach(leftOut::put);
        by.ifPresent(expression -> {
            ObjectNode node = json.putObject("by");
            node.put("expression", expression);
            ArrayNode all = node.putArray("groups");
            for (EvaluatedGroup group : groups) {
                ObjectNode values = group.evaluation().toJson(classes);
                values.remove("confusion");
                all.addObject().put("value", group.value()).setAll(values);
            }
        });
        comparison.ifPresent(c -> json.set("comparison", c.toJson()));
        return json;
    }
}
