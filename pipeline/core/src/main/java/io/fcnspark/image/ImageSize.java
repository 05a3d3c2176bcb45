package io.fcnspark.image;

/**
 * Size of an image in pixels.
 *
 * @param width positive
 * @param height positive
 */
public record ImageSize(int width, int height) {
    public ImageSize {
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException("an image of %dx%d pixels".formatted(width, height));
        }
    }

    /** Number of pixels. */
    public long pixels() {
        return (long) width * height;
    }
}
