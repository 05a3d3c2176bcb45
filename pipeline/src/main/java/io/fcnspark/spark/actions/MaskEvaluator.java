package io.fcnspark.spark.actions;

import io.fcnspark.image.ImageException;
import io.fcnspark.image.ImageException.Code;
import io.fcnspark.labels.LabelConvention;
import io.fcnspark.labels.Mask;
import io.fcnspark.labels.MaskPng;
import io.fcnspark.labels.TruthDecoder;
import io.fcnspark.metrics.ConfusionMatrix;

/** Compares one stored mask with its truth. Knows nothing of Spark. */
final class MaskEvaluator {
    private final int numClasses;
    private final TruthDecoder truthDecoder;

    /** @param maxPixels truth with more pixels is refused before it is decoded */
    MaskEvaluator(LabelConvention convention, long maxPixels) {
        this.numClasses = convention.classes().size();
        this.truthDecoder = new TruthDecoder(convention, maxPixels);
    }

    /** Size of a mask, and how it compares with its truth. */
    record Comparison(int height, int width, ConfusionMatrix confusion) {}

    /**
     * Compares a mask with its truth.
     *
     * @param maskPng PNG with class ids
     * @param truthFile truth as the convention stores it
     * @throws ImageException if either cannot be decoded, or they do not fit each other
     */
    Comparison evaluate(byte[] maskPng, byte[] truthFile) throws ImageException {
        Mask predicted = MaskPng.decode(maskPng);
        Mask truth = truthDecoder.decode(truthFile);
        try {
            return new Comparison(
                    predicted.height(), predicted.width(), ConfusionMatrix.of(numClasses, truth, predicted));
        } catch (IllegalArgumentException e) {
            throw new ImageException(Code.TRUTH_MISMATCH, e.getMessage(), e);
        }
    }
}
