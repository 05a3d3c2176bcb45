package io.fcnspark.report;

import io.fcnspark.image.ImageSize;
import io.fcnspark.image.JpegEncoder;
import io.fcnspark.image.PngEncoder;
import io.fcnspark.image.RgbImage;
import io.fcnspark.image.Thumbnails;
import io.fcnspark.labels.ClassSet;
import io.fcnspark.labels.LabelClass;
import io.fcnspark.labels.Mask;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import java.util.stream.Stream;

/** Draws the pictures of an image, as large as a number of bytes allows. */
public final class PictureRenderer {
    /** Longest sides to try, in pixels; the first is wider than a column of the page. */
    private static final int[] SIDES = {640, 512, 400, 320, 256, 192, 128, 96};

    private static final int OPAQUE = 0xff000000;
    private static final int IGNORED = 0xffe4e4df;
    private static final int WRONG = 0xffe0115f;
    private static final int RIGHT = 0;

    private final int[] colours;
    private final int maxBytes;

    /**
     * A renderer.
     *
     * @param classes whose colours the labels have
     * @param maxBytes of all pictures of an image together; exceeded only where the smallest size does
     */
    public PictureRenderer(ClassSet classes, int maxBytes) {
        this.colours = classes.classes().stream().mapToInt(LabelClass::colour).toArray();
        this.maxBytes = maxBytes;
    }

    /**
     * The pictures of an image.
     *
     * @throws IllegalArgumentException if image or truth are not of the size of the mask
     */
    public Pictures render(Optional<RgbImage> image, Mask mask, Optional<Mask> truth) {
        ImageSize size = new ImageSize(mask.width(), mask.height());
        image.ifPresent(i -> requireSize("image", new ImageSize(i.width(), i.height()), size));
        truth.ifPresent(t -> requireSize("truth", new ImageSize(t.width(), t.height()), size));
        return Stream.iterate(0, i -> i < SIDES.length, i -> i + 1)
                .map(i -> draw(Thumbnails.fit(size, SIDES[i]), image, mask, truth))
                .filter(pictures -> pictures.bytes() <= maxBytes)
                .findFirst()
                .orElseGet(() -> draw(Thumbnails.fit(size, SIDES[SIDES.length - 1]), image, mask, truth));
    }

    private Pictures draw(ImageSize size, Optional<RgbImage> image, Mask mask, Optional<Mask> truth) {
        Mask small = scale(mask, size);
        Optional<Mask> smallTruth = truth.map(t -> scale(t, size));
        return new Pictures(
                size.width(),
                size.height(),
                image.map(i -> JpegEncoder.encode(Thumbnails.scale(i, size))).orElse(null),
                png(small, this::colour),
                smallTruth.map(t -> png(t, this::colour)).orElse(null),
                smallTruth
                        .map(t -> png(errors(small, t), PictureRenderer::verdict))
                        .orElse(null));
    }

    private static void requireSize(String what, ImageSize size, ImageSize expected) {
        if (!size.equals(expected)) {
            throw new IllegalArgumentException("the %s has %dx%d pixels, the mask %dx%d"
                    .formatted(what, size.width(), size.height(), expected.width(), expected.height()));
        }
    }

    /** Each pixel the one in the middle of those that it stands for: labels have no mean. */
    private static Mask scale(Mask mask, ImageSize size) {
        char[] labels = new char[size.width() * size.height()];
        for (int y = 0, to = 0; y < size.height(); y++) {
            int row = (int) ((2L * y + 1) * mask.height() / (2L * size.height())) * mask.width();
            for (int x = 0; x < size.width(); x++, to++) {
                labels[to] = mask.labels()[row + (int) ((2L * x + 1) * mask.width() / (2L * size.width()))];
            }
        }
        return new Mask(size.width(), size.height(), labels);
    }

    /** 0 where the mask is right, 1 where it is wrong, {@link Mask#IGNORE} where the truth does not say. */
    private static Mask errors(Mask mask, Mask truth) {
        char[] errors = new char[mask.labels().length];
        for (int i = 0; i < errors.length; i++) {
            char expected = truth.labels()[i];
            errors[i] = expected == Mask.IGNORE ? Mask.IGNORE : (char) (expected == mask.labels()[i] ? 0 : 1);
        }
        return new Mask(mask.width(), mask.height(), errors);
    }

    private static int verdict(int label) {
        return switch (label) {
            case 0 -> RIGHT;
            case 1 -> WRONG;
            default -> IGNORED;
        };
    }

    private int colour(int label) {
        return label < colours.length ? OPAQUE | colours[label] : IGNORED;
    }

    /** With a palette of the colours that occur, or, if those are more than 256, without. */
    private static byte[] png(Mask mask, IntUnaryOperator argb) {
        Map<Integer, Integer> places = new HashMap<>();
        byte[] indices = new byte[mask.labels().length];
        for (int i = 0; i < indices.length; i++) {
            int colour = argb.applyAsInt(mask.labels()[i]);
            Integer place = places.get(colour);
            if (place == null) {
                place = places.size();
                places.put(colour, place);
            }
            indices[i] = (byte) (int) place;
        }
        if (places.size() > 256) {
            return PngEncoder.encode(coloured(mask, argb));
        }
        int[] palette = new int[places.size()];
        places.forEach((colour, place) -> palette[place] = colour);
        return PngEncoder.encodePalette(mask.width(), mask.height(), indices, palette);
    }

    private static RgbImage coloured(Mask mask, IntUnaryOperator argb) {
        byte[] rgb = new byte[3 * mask.labels().length];
        for (int i = 0; i < mask.labels().length; i++) {
            int colour = argb.applyAsInt(mask.labels()[i]);
            rgb[3 * i] = (byte) (colour >> 16);
            rgb[3 * i + 1] = (byte) (colour >> 8);
            rgb[3 * i + 2] = (byte) colour;
        }
        return new RgbImage(mask.width(), mask.height(), rgb);
    }
}
