package io.fcnspark.image;

/**
 * A rectangle of pixels.
 *
 * @param left first column, from 0
 * @param top first row, from 0
 * @param width positive
 * @param height positive
 */
public record Region(int left, int top, int width, int height) {
    public Region {
        if (left < 0 || top < 0 || width < 1 || height < 1) {
            throw new IllegalArgumentException(
                    "a region of %dx%d pixels at column %d, row %d".formatted(width, height, left, top));
        }
    }

    /** All of an image. */
    public static Region of(int width, int height) {
        return new Region(0, 0, width, height);
    }

    /** The same pixels, counted from the top left corner of a region that holds them. */
    public Region within(Region outer) {
        return new Region(left - outer.left, top - outer.top, width, height);
    }

    void requireWithin(int imageWidth, int imageHeight) {
        if (width > imageWidth - left || height > imageHeight - top) {
            throw new IllegalArgumentException(
                    "%s of an image of %dx%d pixels".formatted(this, imageWidth, imageHeight));
        }
    }
}
