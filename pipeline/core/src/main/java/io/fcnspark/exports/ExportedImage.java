package io.fcnspark.exports;

import io.fcnspark.labels.Mask;

/**
 * An image with its mask, as formats need it.
 *
 * @param number from 1, without gaps, in the order of the names
 * @param name path of the image below the folder that all have in common, with {@code /} between folders
 * @param reference where a tool finds the image
 * @param mask at the size of the image, every pixel a class id
 * @param confidence mean over the pixels, 0 … 1
 * @param model what made the mask
 */
public record ExportedImage(long number, String name, String reference, Mask mask, double confidence, String model) {
    /** The name without its ending. */
    public String stem() {
        return stem(name);
    }

    /** A name without its ending, if it has one. */
    public static String stem(String name) {
        int dot = name.lastIndexOf('.');
        return dot > name.lastIndexOf('/') + 1 ? name.substring(0, dot) : name;
    }
}
