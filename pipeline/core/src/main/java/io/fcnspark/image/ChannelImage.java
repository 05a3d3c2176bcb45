package io.fcnspark.image;

/**
 * An image of one channel, its values as the file stores them: grey values that are not scaled to 8 bits, or indices of a
 * palette. Files with labels are read so.
 *
 * @param width in pixels
 * @param height in pixels
 * @param values unsigned 16-bit numbers, row by row from the top left. Not copied: whoever builds an image hands the array over
 */
public record ChannelImage(int width, int height, char[] values) {
    public ChannelImage {
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException("an image of %dx%d pixels".formatted(width, height));
        }
        if (values.length != (long) width * height) {
            throw new IllegalArgumentException(
                    "a channel of %dx%d pixels has %d values".formatted(width, height, values.length));
        }
    }
}
