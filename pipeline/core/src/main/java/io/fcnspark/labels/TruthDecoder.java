package io.fcnspark.labels;

import io.fcnspark.image.ChannelImage;
import io.fcnspark.image.ImageDecoder;
import io.fcnspark.image.ImageException;
import io.fcnspark.image.ImageException.Code;
import io.fcnspark.image.RgbImage;
import io.fcnspark.labels.LabelConvention.Encoding;
import java.util.OptionalInt;

/** Reads truth files of a convention. Safe for use by several threads. */
public final class TruthDecoder {
    private final LabelConvention convention;
    private final ImageDecoder decoder;

    /**
     * A decoder of a convention.
     *
     * @param maxPixels files of more pixels are refused before they are decoded
     */
    public TruthDecoder(LabelConvention convention, long maxPixels) {
        this.convention = convention;
        this.decoder = new ImageDecoder(maxPixels);
    }

    /**
     * Reads a truth file.
     *
     * @return class ids and {@link Mask#IGNORE}
     * @throws ImageException {@link Code#TRUTH_MISMATCH} for a file that is no image, or no image of the kind that the convention
     *     has, or that holds a value which it does not have; names the value and the first pixel with it
     */
    public Mask decode(byte[] bytes) throws ImageException {
        try {
            return convention.encoding() == Encoding.VALUES
                    ? ofValues(decoder.decodeChannel(bytes))
                    : ofColours(decoder.decode(bytes));
        } catch (ImageException e) {
            if (e.code() == Code.TRUTH_MISMATCH) {
                throw e;
            }
            // The row is about the image, so a code such as 'truncated' would blame the wrong file.
            throw new ImageException(
                    Code.TRUTH_MISMATCH,
                    "truth cannot be read, %s: %s".formatted(e.code().id(), e.getMessage()),
                    e);
        }
    }

    private Mask ofValues(ChannelImage image) throws ImageException {
        char[] labels = new char[image.values().length];
        for (int i = 0; i < labels.length; i++) {
            char value = image.values()[i];
            // Neighbours mostly are of one class.
            labels[i] = i > 0 && value == image.values()[i - 1] ? labels[i - 1] : label(value, i, image.width());
        }
        return new Mask(image.width(), image.height(), labels);
    }

    private Mask ofColours(RgbImage image) throws ImageException {
        byte[] rgb = image.rgb();
        char[] labels = new char[image.width() * image.height()];
        int before = -1;
        for (int i = 0; i < labels.length; i++) {
            int colour = ((rgb[3 * i] & 0xff) << 16) | ((rgb[3 * i + 1] & 0xff) << 8) | (rgb[3 * i + 2] & 0xff);
            labels[i] = colour == before ? labels[i - 1] : label(colour, i, image.width());
            before = colour;
        }
        return new Mask(image.width(), image.height(), labels);
    }

    private char label(int raw, int index, int width) throws ImageException {
        OptionalInt id = convention.classOf(raw);
        if (id.isPresent()) {
            return (char) id.getAsInt();
        }
        String value = convention.encoding() == Encoding.VALUES ? Integer.toString(raw) : "#%06X".formatted(raw);
        throw new ImageException(
                Code.TRUTH_MISMATCH,
                "truth has the value %s at column %d, row %d, which label convention '%s' does not have"
                        .formatted(
                                value,
                                index % width,
                                index / width,
                                convention.classes().name()));
    }
}
