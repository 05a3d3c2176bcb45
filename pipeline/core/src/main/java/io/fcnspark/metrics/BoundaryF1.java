package io.fcnspark.metrics;

import io.fcnspark.labels.Mask;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * How well the contours of a class in a mask follow those in the truth: the BF measure of Csurka, Larlus, Perronnin, "What is a
 * good evaluation measure for semantic segmentation?", BMVC 2013. The precision of a class is the share of the pixels on its
 * predicted contour that lie nearer than a tolerance to its true contour; recall is the same the other way round; their harmonic
 * mean counts.
 *
 * <p>A pixel is on the contour of its class if one of its four neighbours has another class. The edge of the picture is no
 * contour, and neither is the edge of a region to be ignored, as nobody knows where the class ends in there; pixels whose truth
 * is to be ignored have no class in the mask, either. A class without any contour in both has no value; with a contour in one of
 * them only, 0. Of an image whose truth has no contour at all, because all of them are to be ignored, no class has a value.
 *
 * @param classId class
 * @param value 0 … 1
 */
public record BoundaryF1(int classId, double value) implements Serializable {
    /** Of the image's diagonal, as in the paper. */
    static final double TOLERANCE = 0.0075;

    public BoundaryF1 {
        if (classId < 0 || !(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException("boundary F1 %s of class %d".formatted(value, classId));
        }
    }

    /**
     * The values of the classes that have one, by id.
     *
     * @param truth class ids below {@code numClasses}, or {@link Mask#IGNORE}
     * @param predicted class ids below {@code numClasses}, of the same size as the truth
     */
    public static List<BoundaryF1> of(int numClasses, Mask truth, Mask predicted) {
        double tolerance = TOLERANCE * Math.hypot(truth.width(), truth.height());
        char[] counted = predicted.labels().clone();
        for (int i = 0; i < counted.length; i++) {
            if (truth.labels()[i] == Mask.IGNORE) {
                counted[i] = Mask.IGNORE;
            }
        }
        Contour[] truths = Contour.ofClasses(truth, numClasses);
        Contour[] predictions = Contour.ofClasses(new Mask(truth.width(), truth.height(), counted), numClasses);
        if (Arrays.stream(truths).allMatch(Objects::isNull)) {
            return List.of();
        }
        List<BoundaryF1> values = new ArrayList<>();
        for (int id = 0; id < numClasses; id++) {
            if (truths[id] != null && predictions[id] != null) {
                double precision = predictions[id].shareNear(truths[id], tolerance);
                double recall = truths[id].shareNear(predictions[id], tolerance);
                double sum = precision + recall;
                values.add(new BoundaryF1(id, sum == 0 ? 0 : 2 * precision * recall / sum));
            } else if (truths[id] != null || predictions[id] != null) {
                values.add(new BoundaryF1(id, 0));
            }
        }
        return values;
    }
}
