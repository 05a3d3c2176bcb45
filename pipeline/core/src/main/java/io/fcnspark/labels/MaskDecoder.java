package io.fcnspark.labels;

import io.fcnspark.image.ChannelImage;
import io.fcnspark.image.ImageDecoder;
import io.fcnspark.image.ImageException;
import io.fcnspark.image.ImageException.Code;
import io.fcnspark.image.RgbImage;
import io.fcnspark.labels.LabelConvention.Encoding;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Reads predicted masks that anything may have written: images of one channel, grey values or indices of a palette being class
 * ids, or images in the colours of the classes, as published predictions often are. An image of colours whose pixels all are
 * grey is of class ids, where there are such classes. Safe for use by several threads.
 */
public final class MaskDecoder {
    private final ClassSet classes;
    private final ImageDecoder decoder;
    /** Class id by 0xRRGGBB. */
    private final Map<Integer, Integer> ids;

    /**
     * A decoder of masks of some classes.
     *
     * @param convention the classes, and the colours that truth has for them, if it is stored in colours
     * @param maxPixels files of more pixels are refused before they are decoded
     */
    public MaskDecoder(LabelConvention convention, long maxPixels) {
        this.classes = convention.classes();
        this.decoder = new ImageDecoder(maxPixels);
        this.ids = idsByColour(convention);
    }

    /** Colours that two classes share tell nothing. */
    private static Map<Integer, Integer> idsByColour(LabelConvention convention) {
        Map<Integer, Integer> ids = new HashMap<>();
        Set<Integer> shared = new HashSet<>();
        for (LabelClass c : convention.classes().classes()) {
            if (ids.put(c.colour(), c.id()) != null) {
                shared.add(c.colour());
            }
        }
        ids.keySet().removeAll(shared);
        if (convention.encoding() == Encoding.COLOURS) {
            convention.ids().forEach((colour, id) -> {
                if (id != Mask.IGNORE) {
                    ids.put(colour, id);
                }
            });
        }
        return Map.copyOf(ids);
    }

    /**
     * Reads a mask.
     *
     * @return what the file holds; of one channel also ids that are of no class, which whoever compares them names
     * @throws ImageException if the bytes are no image that is read, or one with a colour that no class has
     */
    public Mask decode(byte[] bytes) throws ImageException {
        ChannelImage channel;
        try {
            channel = decoder.decodeChannel(bytes);
        } catch (ImageException e) {
            if (e.code() != Code.UNSUPPORTED) {
                throw e;
            }
            return ofColours(decoder.decode(bytes));
        }
        Mask mask = new Mask(channel.width(), channel.height(), channel.values());
        if (holdsClasses(channel)) {
            return mask;
        }
        try {
            return ofColours(decoder.decode(bytes));
        } catch (ImageException e) {
            return mask;
        }
    }

    private boolean holdsClasses(ChannelImage image) {
        for (char value : image.values()) {
            if (value >= classes.size()) {
                return false;
            }
        }
        return true;
    }

    private Mask ofColours(RgbImage image) throws ImageException {
        byte[] rgb = image.rgb();
        char[] labels = new char[image.width() * image.height()];
        int before = -1;
        for (int i = 0; i < labels.length; i++) {
            int colour = ((rgb[3 * i] & 0xff) << 16) | ((rgb[3 * i + 1] & 0xff) << 8) | (rgb[3 * i + 2] & 0xff);
            // Neighbours mostly are of one class.
            labels[i] = colour == before ? labels[i - 1] : label(colour, i % image.width(), i / image.width());
            before = colour;
        }
        return new Mask(image.width(), image.height(), labels);
    }

    private char label(int colour, int x, int y) throws ImageException {
        Integer id = ids.get(colour);
        if (id == null) {
            throw new ImageException(
                    Code.UNSUPPORTED,
                    "the mask has the colour #%06X at column %d, row %d, and no class of '%s' has that: expected class ids in one channel, or the colours of the classes"
                            .formatted(colour, x, y, classes.name()));
        }
        return (char) (int) id;
    }
}
