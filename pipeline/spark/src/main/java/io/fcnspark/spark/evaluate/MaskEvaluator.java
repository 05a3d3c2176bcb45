package io.fcnspark.spark.evaluate;

import io.fcnspark.image.ChannelImage;
import io.fcnspark.image.ImageDecoder;
import io.fcnspark.image.ImageException;
import io.fcnspark.image.ImageException.Code;
import io.fcnspark.labels.LabelConvention;
import io.fcnspark.labels.Mask;
import io.fcnspark.labels.MaskDecoder;
import io.fcnspark.labels.TruthDecoder;
import io.fcnspark.metrics.BoundaryF1;
import io.fcnspark.metrics.ConfusionMatrix;
import io.fcnspark.metrics.ImageEvaluation;
import io.fcnspark.metrics.Reliability;
import java.util.Optional;

/** Compares one stored mask with its truth. Knows nothing of Spark. */
final class MaskEvaluator {
    private final int numClasses;
    private final MaskDecoder maskDecoder;
    private final TruthDecoder truthDecoder;

    /** @param maxPixels masks and truth with more pixels are refused before they are decoded */
    MaskEvaluator(LabelConvention convention, long maxPixels) {
        this.numClasses = convention.classes().size();
        this.maskDecoder = new MaskDecoder(convention, maxPixels);
        this.truthDecoder = new TruthDecoder(convention, maxPixels);
    }

    /** Size of a mask, and how it compares with its truth. */
    record Comparison(int height, int width, ImageEvaluation evaluation) {}

    /**
     * Compares a mask with its truth.
     *
     * @param maskFile class ids, or colours of the classes; see {@link MaskDecoder}
     * @param confidencePng PNG of 8 bits, 255 = certain; empty if there is none
     * @param truthFile truth as the convention stores it
     * @throws ImageException if any of them cannot be decoded, or they do not fit each other
     */
    Comparison evaluate(byte[] maskFile, Optional<byte[]> confidencePng, byte[] truthFile) throws ImageException {
        Mask predicted = maskDecoder.decode(maskFile);
        Mask truth = truthDecoder.decode(truthFile);
        Optional<ChannelImage> confidence = confidencePng.isEmpty()
                ? Optional.empty()
                : Optional.of(new ImageDecoder(ImageDecoder.LARGEST_MAX_PIXELS).decodeChannel(confidencePng.get()));
        try {
            ConfusionMatrix confusion = ConfusionMatrix.of(numClasses, truth, predicted);
            return new Comparison(
                    predicted.height(),
                    predicted.width(),
                    new ImageEvaluation(
                            confusion,
                            BoundaryF1.of(numClasses, truth, predicted),
                            confidence.map(c -> Reliability.of(truth, predicted, c.values()))));
        } catch (IllegalArgumentException e) {
            throw new ImageException(Code.TRUTH_MISMATCH, e.getMessage(), e);
        }
    }
}
