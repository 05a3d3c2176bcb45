package io.fcnspark.spark.quantise;

import io.fcnspark.quantise.Clipping;
import io.fcnspark.quantise.Comparison;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What became of a model.
 *
 * @param model identity of the model of integers; empty if it lost too much, and nothing was written
 * @param calibrated images that ranges were chosen by
 * @param unreadable images of the sample that could not be read, or whose truth could not
 * @param comparison over images that it was not calibrated on
 * @param costs of the layers, where it lost too much: the share of labels that change if that layer alone is quantised, the most
 *     costly first
 */
public record QuantiseReport(
        Optional<String> model,
        int calibrated,
        int unreadable,
        Clipping clipping,
        Comparison comparison,
        Map<String, Double> costs) {
    public QuantiseReport {
        costs = Collections.unmodifiableMap(new LinkedHashMap<>(costs));
    }
}
