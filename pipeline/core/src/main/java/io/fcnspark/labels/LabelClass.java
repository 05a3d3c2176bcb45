package io.fcnspark.labels;

import java.io.Serializable;

/**
 * A class of pixels.
 *
 * @param id index of its score in the network, from 0
 * @param name as users write it, for example {@code road}
 * @param colour 0xRRGGBB, for pictures
 */
public record LabelClass(int id, String name, int colour) implements Serializable {
    public LabelClass {
        if (id < 0 || id > Mask.MAX_CLASS_ID) {
            throw new IllegalArgumentException(
                    "class '%s' has id %d: expected 0 to %d".formatted(name, id, Mask.MAX_CLASS_ID));
        }
        if (name.isBlank()) {
            throw new IllegalArgumentException("class " + id + " has no name");
        }
        if ((colour & 0xff000000) != 0) {
            throw new IllegalArgumentException("class '%s' has colour 0x%x: expected 0xRRGGBB".formatted(name, colour));
        }
    }
}
