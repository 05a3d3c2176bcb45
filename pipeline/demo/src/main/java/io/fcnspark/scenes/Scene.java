package io.fcnspark.scenes;

import io.fcnspark.image.RgbImage;
import io.fcnspark.labels.Mask;

/**
 * A picture of a street and its truth.
 *
 * @param truth of the image's size: ids of {@link SceneGenerator#CLASSES}, and {@link Mask#IGNORE} where two classes meet
 */
public record Scene(RgbImage image, Mask truth) {
    public Scene {
        if (image.width() != truth.width() || image.height() != truth.height()) {
            throw new IllegalArgumentException("an image of %dx%d with truth of %dx%d"
                    .formatted(image.width(), image.height(), truth.width(), truth.height()));
        }
    }
}
