package io.fcnspark.labels;

import io.fcnspark.image.ChannelImage;
import io.fcnspark.image.ImageDecoder;
import io.fcnspark.image.ImageException;
import io.fcnspark.image.PngEncoder;

/** Masks as PNG of one channel, a pixel being its class id: of 8 bits, or of 16 where there are more than 256 classes. */
public final class MaskPng {
    private MaskPng() {}

    /**
     * Writes a mask in which every pixel has a class, such as a predicted one.
     *
     * @param numClasses ids are below this
     * @throws IllegalArgumentException for a label that is no class id
     */
    public static byte[] encode(Mask mask, int numClasses) {
        return encode(mask, numClasses, Mask.IGNORE);
    }

    /**
     * Writes a mask.
     *
     * @param numClasses ids are below this
     * @param ignoreLabel what stands for {@link Mask#IGNORE} in the file; no class id. One over 255 needs 16 bits, where it occurs
     * @throws IllegalArgumentException for a label that is neither a class id nor {@link Mask#IGNORE}; for the latter too, where
     *     the file could not hold it
     */
    public static byte[] encode(Mask mask, int numClasses, int ignoreLabel) {
        if (numClasses < 1 || ignoreLabel < numClasses || ignoreLabel > Mask.IGNORE) {
            throw new IllegalArgumentException("%d classes with ignore label %d".formatted(numClasses, ignoreLabel));
        }
        char[] labels = mask.labels();
        char[] values = new char[labels.length];
        int max = numClasses - 1;
        for (int i = 0; i < labels.length; i++) {
            int label = labels[i];
            if (label == Mask.IGNORE) {
                label = ignoreLabel;
            } else if (label >= numClasses) {
                throw new IllegalArgumentException("class %d at column %d, row %d: expected 0 to %d"
                        .formatted(label, i % mask.width(), i / mask.width(), numClasses - 1));
            }
            max = Math.max(max, label);
            values[i] = (char) label;
        }
        if (max > 0xff) {
            return PngEncoder.encodeGrey16(new ChannelImage(mask.width(), mask.height(), values));
        }
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return PngEncoder.encodeGrey(mask.width(), mask.height(), bytes);
    }

    /**
     * Reads a mask in which every value is a class id.
     *
     * @throws ImageException if the bytes are no image of one channel
     */
    public static Mask decode(byte[] png) throws ImageException {
        return decode(png, Mask.IGNORE);
    }

    /**
     * Reads a mask.
     *
     * @param ignoreLabel value in the file that becomes {@link Mask#IGNORE}
     * @throws ImageException if the bytes are no image of one channel
     */
    public static Mask decode(byte[] png, int ignoreLabel) throws ImageException {
        ChannelImage image = new ImageDecoder(ImageDecoder.LARGEST_MAX_PIXELS).decodeChannel(png);
        char[] labels = image.values();
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] == ignoreLabel) {
                labels[i] = Mask.IGNORE;
            }
        }
        return new Mask(image.width(), image.height(), labels);
    }
}
