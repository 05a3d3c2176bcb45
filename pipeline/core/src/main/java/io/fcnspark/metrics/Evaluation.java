package io.fcnspark.metrics;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fcnspark.labels.ClassSet;
import java.io.Serializable;

/**
 * How good the masks of a set of images are: the published metrics with intervals, contours, and confidence.
 *
 * @param metrics of all pixels
 * @param boundaries of the contours; without any value if those were not compared
 * @param reliability of the confidence; without pixels if that is not known
 * @param intervals of the metrics
 */
public record Evaluation(MetricsState metrics, BoundaryState boundaries, Reliability reliability, Intervals intervals)
        implements Serializable {

    /**
     * As JSON: that of {@link SegmentationMetrics#toJson}, to which come {@code mean_boundary_f1}, in each of {@code classes}
     * {@code boundary_f1, accuracy_interval, iou_interval}, then {@code intervals: {level, replicates, seed, pixel_accuracy:
     * [low, high], mean_accuracy, mean_iou, frequency_weighted_iou}} and {@code calibration: {pixels,
     * expected_calibration_error, bins: [{from, to, pixels, accuracy, confidence}]}}; null for what has no value. Where {@code
     * calibration} is null, {@code calibration_note} says why.
     *
     * @throws IllegalArgumentException if the class set is of another size
     */
    public ObjectNode toJson(ClassSet classes) {
        ObjectNode json = SegmentationMetrics.of(metrics, classes).toJson();
        json.put("mean_boundary_f1", Json.nullable(boundaries.mean()));
        for (int id = 0; id < classes.size(); id++) {
            ObjectNode c = (ObjectNode) json.withArray("classes").get(id);
            c.put("boundary_f1", Json.nullable(boundaries.ofClass(id)));
            c.set("accuracy_interval", Json.interval(intervals.ofAccuracy(id)));
            c.set("iou_interval", Json.interval(intervals.ofIou(id)));
        }
        ObjectNode ranges = json.putObject("intervals");
        ranges.put("level", Interval.LEVEL);
        ranges.put("replicates", Bootstrap.REPLICATES);
        ranges.put("seed", intervals.seed());
        for (Score score : Score.values()) {
            ranges.set(score.key(), Json.interval(intervals.of(score)));
        }
        if (reliability.pixels() == 0) {
            json.putNull("calibration");
            json.put(
                    "calibration_note",
                    "the confidence of the pixels is not known: label with a confidence map to have it");
        } else {
            putCalibration(json.putObject("calibration"));
        }
        return json;
    }

    private void putCalibration(ObjectNode calibration) {
        calibration.put("pixels", reliability.pixels());
        calibration.put("expected_calibration_error", Json.nullable(reliability.expectedCalibrationError()));
        ArrayNode bins = calibration.putArray("bins");
        for (int i = 0; i < Reliability.BINS; i++) {
            Reliability.Bin bin = reliability.bins().get(i);
            bins.addObject()
                    .put("from", (double) i / Reliability.BINS)
                    .put("to", (double) (i + 1) / Reliability.BINS)
                    .put("pixels", bin.pixels())
                    .put("accuracy", Json.nullable(bin.accuracy()))
                    .put("confidence", Json.nullable(bin.confidence()));
        }
    }
}
