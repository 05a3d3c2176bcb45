package io.fcnspark.spark.evaluate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fcnspark.labels.ClassSet;
import io.fcnspark.metrics.Evaluation;
import io.fcnspark.metrics.SegmentationMetrics;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** How good stored masks are. */
public interface EvaluationResult {
    /** What the class ids mean. */
    ClassSet classes();

    /** The published metrics, over the masks that could be compared. */
    SegmentationMetrics metrics();

    /** All measures, with their intervals, over the masks that could be compared. */
    Evaluation evaluation();

    /** Masks that could not be compared, by error code; {@code unlabelled} counts rows without a mask. */
    Map<String, Long> leftOutByCode();

    /** Expression that {@link #groups} are by; empty if there are none. */
    Optional<String> by();

    /** Groups by the value of the expression. */
    List<EvaluatedGroup> groups();

    /** The published metrics of a group. */
    SegmentationMetrics metrics(EvaluatedGroup group);

    /** Comparison with other masks, if it was asked for. */
    Optional<ComparedRuns> comparison();

    /** The scores of the whole, by their key in JSON; the more the better. */
    Map<String, OptionalDouble> headline();

    /**
     * As JSON: that of {@link Evaluation#toJson}, with {@code left_out_by_code}, and where they were asked for {@code by:
     * {expression, groups: [{value, …}]}}, each with the keys of the whole but the confusion matrix, and {@code comparison}:
     * that of {@link io.fcnspark.metrics.MetricsComparison#toJson} with {@code against, only_in_masks,
     * only_in_masks_examples, only_in_against, only_in_against_examples}.
     */
    ObjectNode toJson();
}
