package io.fcnspark.engine;

import io.fcnspark.labels.Mask;
import java.util.List;

/**
 * What a network says of one image, at the image's own size.
 *
 * @param mask most probable class of each pixel; the lowest id where several are equally probable
 * @param classes statistics of the classes that occur in the mask, by ascending id
 * @param meanConfidence mean over pixels of the probability of the most probable class, 0 … 1
 * @param meanEntropy mean over pixels of the entropy of the class probabilities, in nats, 0 … ln(classes)
 * @param confidence probability of the most probable class of each pixel, row by row, 0 … 255 for 0 … 1, rounded
 */
public record Segmentation(
        Mask mask, List<ClassStatistics> classes, float meanConfidence, float meanEntropy, byte[] confidence) {
    public Segmentation {
        classes = List.copyOf(classes);
    }

    /**
     * One class of one mask.
     *
     * @param id class id
     * @param pixels number of pixels of this class, positive
     * @param meanConfidence mean confidence over those pixels
     */
    public record ClassStatistics(int id, long pixels, float meanConfidence) {}
}
