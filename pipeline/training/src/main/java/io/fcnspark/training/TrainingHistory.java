package io.fcnspark.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A training, epoch by epoch.
 *
 * @param options what it was asked for, by name, for people and to compare with
 * @param epochs the epochs that are done, from the first
 */
public record TrainingHistory(Map<String, String> options, List<EpochResult> epochs) {
    /** The history beside a model's weights. */
    public static final String FILE = "history.json";

    private static final ObjectMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .build();

    public TrainingHistory {
        options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
        epochs = List.copyOf(epochs);
    }

    /** The history one epoch on. */
    public TrainingHistory plus(EpochResult epoch) {
        List<EpochResult> all = new ArrayList<>(epochs);
        all.add(epoch);
        return new TrainingHistory(options, all);
    }

    /** The epoch with the highest mean IU, the first if there are several; empty before the first. */
    public Optional<EpochResult> best() {
        return epochs.stream()
                .max(Comparator.comparingDouble(EpochResult::meanIou).thenComparing(e -> -e.epoch()));
    }

    /** As JSON: {@code {"options": {…}, "epochs": [{"epoch", "learning_rate", "loss", "pixel_accuracy", "mean_iou", …}]}}. */
    public String toJson() {
        try {
            return JSON.writeValueAsString(this) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("strings and numbers always have a JSON form", e);
        }
    }

    /**
     * Reads what {@link #toJson} wrote.
     *
     * @throws IllegalArgumentException if it is no such document
     */
    public static TrainingHistory fromJson(String json) {
        try {
            return JSON.readValue(json, TrainingHistory.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("is no training history: " + e.getOriginalMessage(), e);
        }
    }
}
