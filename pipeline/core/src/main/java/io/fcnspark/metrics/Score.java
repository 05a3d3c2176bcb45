package io.fcnspark.metrics;

import java.util.OptionalDouble;

/** A score of a set of images that follows from its confusion matrix. */
public enum Score {
    PIXEL_ACCURACY("pixel_accuracy"),
    MEAN_ACCURACY("mean_accuracy"),
    MEAN_IOU("mean_iou"),
    FREQUENCY_WEIGHTED_IOU("frequency_weighted_iou");

    private final String key;

    Score(String key) {
        this.key = key;
    }

    /** As in JSON. */
    public String key() {
        return key;
    }

    OptionalDouble of(ClassCounts counts) {
        return switch (this) {
            case PIXEL_ACCURACY -> Scores.pixelAccuracy(counts);
            case MEAN_ACCURACY -> Scores.meanAccuracy(counts);
            case MEAN_IOU -> Scores.meanIou(counts);
            case FREQUENCY_WEIGHTED_IOU -> Scores.frequencyWeightedIou(counts);
        };
    }
}
