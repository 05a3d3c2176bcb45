package io.fcnspark.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fcnspark.labels.LabelClass;
import io.fcnspark.metrics.ConfusionMatrix;
import io.fcnspark.metrics.Evaluation;
import io.fcnspark.metrics.Interval;
import io.fcnspark.metrics.SegmentationMetrics;
import io.fcnspark.metrics.SegmentationMetrics.ClassMetrics;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What the charts draw. Shares are 0 … 1; null for what has no value. */
final class ChartData {
    private ChartData() {}

    /**
     * As JSON: {@code classes: [{name, colour, iou, iou_interval, accuracy, truth_share, mask_share}]}, {@code confusion: [[truth,
     * predicted, share, pixels]]} by positions among the classes, {@code runs: [{date, id, labelled, rejected, confidence, iou}]}.
     */
    static ObjectNode of(ReportData data) {
        Optional<SegmentationMetrics> metrics =
                data.evaluation().map(e -> SegmentationMetrics.of(e.metrics(), data.classes()));
        List<Integer> ids = ReportPages.classIds(data, metrics);
        Map<Integer, PredictedClass> predicted =
                data.predicted().stream().collect(Collectors.toMap(PredictedClass::id, Function.identity()));
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode classes = json.putArray("classes");
        for (int id : ids) {
            LabelClass c = data.classes().classes().get(id);
            ObjectNode node = classes.addObject();
            node.put("name", c.name());
            node.put("colour", Words.colour(c.colour()));
            Optional<ClassMetrics> scores = metrics.map(m -> m.classes().get(id));
            node.put("iou", nullable(scores.map(ClassMetrics::iou)));
            node.set(
                    "iou_interval",
                    interval(data.evaluation().map(Evaluation::intervals).flatMap(i -> i.ofIou(id))));
            node.put("accuracy", nullable(scores.map(ClassMetrics::accuracy)));
            node.put(
                    "truth_share",
                    nullable(scores.map(
                            s -> Words.share(s.pixels(), metrics.orElseThrow().pixels()))));
            PredictedClass masks = predicted.get(id);
            node.put(
                    "mask_share",
                    nullable(Optional.of(Words.share(
                            masks == null ? 0 : masks.pixels(), data.totals().pixels()))));
        }
        ArrayNode confusion = json.putArray("confusion");
        metrics.ifPresent(m -> put(confusion, m.confusion(), ids));
        ArrayNode runs = json.putArray("runs");
        for (RunFacts run : data.runs()) {
            runs.addObject()
                    .put("date", run.date().toString())
                    .put("id", run.id())
                    .put("labelled", run.labelled())
                    .put("rejected", run.rejected())
                    .put("confidence", nullable(Optional.of(run.meanConfidence())))
                    .put("iou", nullable(Optional.of(run.meanIou())));
        }
        return json;
    }

    private static void put(ArrayNode cells, ConfusionMatrix n, List<Integer> ids) {
        for (int t = 0; t < ids.size(); t++) {
            long pixels = n.truthPixels(ids.get(t));
            for (int p = 0; p < ids.size(); p++) {
                long count = n.at(ids.get(t), ids.get(p));
                if (count > 0) {
                    cells.addArray().add(t).add(p).add((double) count / pixels).add(count);
                }
            }
        }
    }

    private static Double nullable(Optional<OptionalDouble> value) {
        return value.filter(OptionalDouble::isPresent)
                .map(OptionalDouble::getAsDouble)
                .orElse(null);
    }

    private static ArrayNode interval(Optional<Interval> interval) {
        return interval.map(
                        i -> JsonNodeFactory.instance.arrayNode().add(i.low()).add(i.high()))
                .orElse(null);
    }
}
