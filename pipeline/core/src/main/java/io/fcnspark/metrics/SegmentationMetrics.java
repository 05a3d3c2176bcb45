package io.fcnspark.metrics;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fcnspark.labels.ClassSet;
import io.fcnspark.labels.LabelClass;
import java.util.List;
import java.util.OptionalDouble;

/**
 * How well masks agree with truth over a set of images: the scores of Long, Shelhamer, Darrell, section 5, from the confusion
 * of the whole set ({@code score.py}), pixels with the ignore label left out. All scores are 0 … 1; what has no value (a class
 * absent from truth and prediction, a set without a pixel) is empty, neither 0 nor 1.
 *
 * @param images number of images with truth
 * @param pixels pixels that count
 * @param pixelAccuracy share of pixels with the right class
 * @param meanAccuracy mean over the classes in the truth of {@link ClassMetrics#accuracy}
 * @param meanIou mean over the classes in truth or prediction of {@link ClassMetrics#iou}, the one to compare with publications
 * @param frequencyWeightedIou mean of {@link ClassMetrics#iou} weighted by the pixels of the truth
 * @param meanImageIou mean over images of each image's own mean IU: not comparable with published values
 * @param ignoredPixels pixels that do not count, as their truth has the ignore label
 * @param classes one for each class, by id
 * @param confusion what all but {@code meanImageIou} derive from
 */
public record SegmentationMetrics(
        long images,
        long pixels,
        OptionalDouble pixelAccuracy,
        OptionalDouble meanAccuracy,
        OptionalDouble meanIou,
        OptionalDouble frequencyWeightedIou,
        OptionalDouble meanImageIou,
        long ignoredPixels,
        List<ClassMetrics> classes,
        ConfusionMatrix confusion) {
    public SegmentationMetrics {
        classes = List.copyOf(classes);
    }

    /**
     * Scores of one class.
     *
     * @param id class id
     * @param name as in the class set
     * @param pixels of the truth
     * @param accuracy share of those with the right class; empty if the truth has none
     * @param iou intersection over union of truth and prediction; empty if neither has the class
     */
    public record ClassMetrics(int id, String name, long pixels, OptionalDouble accuracy, OptionalDouble iou) {}

    /**
     * The metrics of a set of images.
     *
     * @throws IllegalArgumentException if the state is of another number of classes
     */
    public static SegmentationMetrics of(MetricsState state, ClassSet classes) {
        ConfusionMatrix n = state.confusion();
        if (n.numClasses() != classes.size()) {
            throw new IllegalArgumentException("a confusion matrix of %d classes for class set '%s' of %d"
                    .formatted(n.numClasses(), classes.name(), classes.size()));
        }
        ClassCounts counts = ClassCounts.of(n);
        return new SegmentationMetrics(
                state.images(),
                n.pixels(),
                Scores.pixelAccuracy(counts),
                Scores.meanAccuracy(counts),
                Scores.meanIou(counts),
                Scores.frequencyWeightedIou(counts),
                state.meanImageIou(),
                n.ignoredPixels(),
                classes.classes().stream().map(c -> ofClass(counts, c)).toList(),
                n);
    }

    private static ClassMetrics ofClass(ClassCounts n, LabelClass c) {
        return new ClassMetrics(c.id(), c.name(), n.truth()[c.id()], Scores.accuracy(n, c.id()), Scores.iou(n, c.id()));
    }

    /**
     * As JSON: {@code images, pixels, pixel_accuracy, mean_accuracy, mean_iou, frequency_weighted_iou, mean_image_iou,
     * ignored_pixels, classes: [{id, name, pixels, accuracy, iou}], confusion: [[…]]}, in this order; rows of the confusion are
     * the truth; null for what has no value.
     */
    public ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("images", images);
        json.put("pixels", pixels);
        json.put("pixel_accuracy", Json.nullable(pixelAccuracy));
        json.put("mean_accuracy", Json.nullable(meanAccuracy));
        json.put("mean_iou", Json.nullable(meanIou));
        json.put("frequency_weighted_iou", Json.nullable(frequencyWeightedIou));
        json.put("mean_image_iou", Json.nullable(meanImageIou));
        json.put("ignored_pixels", ignoredPixels);
        ArrayNode perClass = json.putArray("classes");
        for (ClassMetrics c : classes) {
            perClass.addObject()
                    .put("id", c.id)
                    .put("name", c.name)
                    .put("pixels", c.pixels)
                    .put("accuracy", Json.nullable(c.accuracy))
                    .put("iou", Json.nullable(c.iou));
        }
        ArrayNode rows = json.putArray("confusion");
        for (int truth = 0; truth < confusion.numClasses(); truth++) {
            ArrayNode row = rows.addArray();
            for (int predicted = 0; predicted < confusion.numClasses(); predicted++) {
                row.add(confusion.at(truth, predicted));
            }
        }
        return json;
    }
}
