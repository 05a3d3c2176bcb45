package io.fcnspark.quantise;

import io.fcnspark.image.RgbImage;
import io.fcnspark.labels.Mask;
import java.util.Optional;

/**
 * An image to calibrate on, or to compare precisions by.
 *
 * @param truth of the image's size
 */
public record Example(RgbImage image, Optional<Mask> truth) {}
