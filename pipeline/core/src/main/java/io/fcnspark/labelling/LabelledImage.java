package io.fcnspark.labelling;

import io.fcnspark.engine.EncodedSegmentation;
import io.fcnspark.image.ImageException;
import io.fcnspark.metrics.ConfusionMatrix;
import java.time.Instant;

/**
 * What became of one image.
 *
 * @param segmentation null if the image could not be decoded
 * @param confusion null if there was no truth, or none that could be used
 * @param error null if image and truth, where asked for, could be used
 */
public record LabelledImage(
        ImageFile file,
        EncodedSegmentation segmentation,
        ConfusionMatrix confusion,
        ImageException error,
        Instant at) {}
