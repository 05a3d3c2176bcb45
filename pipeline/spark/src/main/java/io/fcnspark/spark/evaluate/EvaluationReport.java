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

/** How good stored masks are. */
record EvaluationReport(
        ClassSet classes,
        Evaluation evaluation,
        Map<String, Long> leftOutByCode,
        Optional<String> by,
        List<EvaluatedGroup> groups,
        Optional<ComparedRuns> comparison)
        implements EvaluationResult {
    EvaluationReport {
        leftOutByCode = Collections.unmodifiableMap(new TreeMap<>(leftOutByCode));
        groups = List.copyOf(groups);
    }

    @Override
    public SegmentationMetrics metrics() {
        return metrics(evaluation);
    }

    @Override
    public SegmentationMetrics metrics(EvaluatedGroup group) {
        return metrics(group.evaluation());
    }

    private SegmentationMetrics metrics(Evaluation of) {
        return SegmentationMetrics.of(of.metrics(), classes);
    }

    @Override
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

    @Override
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
