package io.fcnspark.image;

/**
 * Pixels of an image in the orientation that a viewer shows.
 *
 * @param width in pixels
 * @param height in pixels
 * @param rgb 3 bytes a pixel in the order red, green, blue, unsigned, row by row from the top left; sRGB. Not copied: whoever
 *     builds an image hands the array over
 */
public record RgbImage(int width, int height, byte[] rgb) {
    public RgbImage {
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException("an image of %dx%d pixels".formatted(width, height));
        }
        if (rgb.length != 3L * width * height) {
            throw new IllegalArgumentException(
                    "an image of %dx%d pixels has %d bytes".formatted(width, height, rgb.length));
        }
    }

    /** A copy of a part. */
    public RgbImage crop(Region region) {
        region.requireWithin(width, height);
        byte[] part = new byte[Math.multiplyExact(3, region.width() * region.height())];
        for (int y = 0; y < region.height(); y++) {
            int from = 3 * ((region.top() + y) * width + region.left());
            System.arraycopy(rgb, from, part, 3 * y * region.width(), 3 * region.width());
        }
        return new RgbImage(region.width(), region.height(), part);
    }
}
