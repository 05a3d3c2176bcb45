package io.fcnspark.engine;

import io.fcnspark.engine.Segmentation.ClassStatistics;
import io.fcnspark.image.PngEncoder;
import io.fcnspark.labels.Mask;
import io.fcnspark.labels.MaskPng;
import java.util.List;
import java.util.Optional;

/**
 * What a network says of one image, as it is stored.
 *
 * @param width in pixels
 * @param height in pixels
 * @param mask PNG of the class of each pixel, as {@link MaskPng} writes it
 * @param classes statistics of the classes that occur, by ascending id
 * @param meanConfidence as in {@link Segmentation}
 * @param meanEntropy as in {@link Segmentation}
 * @param confidence PNG of 8 bits of the confidence of each pixel; empty if it was not to be kept
 */
public record EncodedSegmentation(
        int width,
        int height,
        byte[] mask,
        List<ClassStatistics> classes,
        float meanConfidence,
        float meanEntropy,
        Optional<byte[]> confidence) {
    public EncodedSegmentation {
        classes = List.copyOf(classes);
    }

    /** Encodes. */
    public static EncodedSegmentation of(Segmentation segmentation, int numClasses, ConfidenceMap confidenceMap) {
        Mask mask = segmentation.mask();
        return new EncodedSegmentation(
                mask.width(),
                mask.height(),
                MaskPng.encode(mask, numClasses),
                segmentation.classes(),
                segmentation.meanConfidence(),
                segmentation.meanEntropy(),
                confidenceMap == ConfidenceMap.WRITE
                        ? Optional.of(PngEncoder.encodeGrey(mask.width(), mask.height(), segmentation.confidence()))
                        : Optional.empty());
    }
}
