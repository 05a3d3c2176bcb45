package io.fcnspark.training;

import java.io.Serializable;
import java.util.Objects;

/**
 * An image to learn from.
 *
 * @param image its URI
 * @param truth URI of its truth
 */
public record Example(String image, String truth) implements Serializable {
    public Example {
        Objects.requireNonNull(image, "image");
        Objects.requireNonNull(truth, "truth");
    }
}
