package io.fcnspark.image;

import com.twelvemonkeys.image.ResampleOp;
import java.awt.image.BufferedImage;

/** Smaller pictures of images, for people. */
public final class Thumbnails {
    private Thumbnails() {}

    /**
     * The size with the same proportions whose longer side has at most {@code side} pixels; none is made larger.
     *
     * @param side at least 1
     */
    public static ImageSize fit(ImageSize size, int side) {
        if (side < 1) {
            throw new IllegalArgumentException("a side of %d pixels".formatted(side));
        }
        double scale = Math.min(1, (double) side / Math.max(size.width(), size.height()));
        return new ImageSize(Math.max(1, (int) Math.round(scale * size.width())), Math.max(1, (int)
                Math.round(scale * size.height())));
    }

    /** The image at another size, filtered. */
    public static RgbImage scale(RgbImage image, ImageSize size) {
        if (size.width() == image.width() && size.height() == image.height()) {
            return image;
        }
        BufferedImage scaled = new ResampleOp(size.width(), size.height(), ResampleOp.FILTER_TRIANGLE)
                .filter(
                        JavaImages.of(image),
                        new BufferedImage(size.width(), size.height(), BufferedImage.TYPE_3BYTE_BGR));
        try {
            return Pixels.rgb(scaled);
        } catch (ImageException e) {
            throw new IllegalStateException("pixels of 3 bytes are always read", e);
        }
    }
}
