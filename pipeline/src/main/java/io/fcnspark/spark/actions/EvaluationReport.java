package io.fcnspark.spark.actions;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fcnspark.metrics.SegmentationMetrics;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * How good stored masks are.
 *
 * @param metrics over the masks that could be compared
 * @param leftOutByCode masks that could not be compared, by error code; {@code unlabelled} counts rows without a mask
 */
public record EvaluationReport(SegmentationMetrics metrics, Map<String, Long> leftOutByCode) {
    public EvaluationReport {
        leftOutByCode = Collections.unmodifiableMap(new TreeMap<>(leftOutByCode));
    }

    /** The metrics as JSON. */
    public ObjectNode toJson() {
        return metrics.toJson();
    }
}
