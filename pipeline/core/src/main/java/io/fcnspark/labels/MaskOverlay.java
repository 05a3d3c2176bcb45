package io.fcnspark.labels;

import io.fcnspark.image.RgbImage;
import java.util.function.IntUnaryOperator;

/** An image in the colours of its classes. */
public final class MaskOverlay {
    /** Of a label that leaves pixels as they are. */
    public static final int NO_COLOUR = -1;

    private MaskOverlay() {}

    /**
     * The mean of each pixel and the colour of its class.
     *
     * @param colourOf 0xRRGGBB of a label, or {@link #NO_COLOUR}
     * @throws IllegalArgumentException if image and mask differ in size
     */
    public static RgbImage blend(RgbImage image, Mask mask, IntUnaryOperator colourOf) {
        if (image.width() != mask.width() || image.height() != mask.height()) {
            throw new IllegalArgumentException("the image has %dx%d pixels, the mask %dx%d: expected the same size"
                    .formatted(image.width(), image.height(), mask.width(), mask.height()));
        }
        char[] labels = mask.labels();
        byte[] pixels = image.rgb();
        byte[] blended = new byte[pixels.length];
        int label = -1;
        int colour = 0;
        for (int i = 0, at = 0; i < labels.length; i++, at += 3) {
            if (labels[i] != label) {
                label = labels[i];
                colour = colourOf.applyAsInt(label);
            }
            if (colour == NO_COLOUR) {
                System.arraycopy(pixels, at, blended, at, 3);
            } else {
                blended[at] = mean(pixels[at], colour >> 16);
                blended[at + 1] = mean(pixels[at + 1], colour >> 8);
                blended[at + 2] = mean(pixels[at + 2], colour);
            }
        }
        return new RgbImage(image.width(), image.height(), blended);
    }

    private static byte mean(byte pixel, int colour) {
        return (byte) ((1 + (pixel & 0xff) + (colour & 0xff)) / 2);
    }
}
