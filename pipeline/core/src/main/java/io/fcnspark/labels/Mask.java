package io.fcnspark.labels;

import io.fcnspark.image.Region;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One class per pixel.
 *
 * @param width in pixels
 * @param height in pixels
 * @param labels row by row from the top left; each is an unsigned 16-bit number: a class id, or {@link #IGNORE}. Not copied:
 *     whoever builds a mask hands the array over
 */
public record Mask(int width, int height, char[] labels) {
    /** Marks pixels of truth that no metric and no training counts. Never predicted. */
    public static final int IGNORE = 0xffff;

    /** The largest class id. */
    public static final int MAX_CLASS_ID = IGNORE - 1;

    public Mask {
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException("a mask of %dx%d pixels".formatted(width, height));
        }
        if (labels.length != (long) width * height) {
            throw new IllegalArgumentException(
                    "a mask of %dx%d pixels has %d labels".formatted(width, height, labels.length));
        }
    }

    /** The label at column {@code x} and row {@code y}, both from 0. */
    public int at(int x, int y) {
        if (x < 0 || x >= width || y < 0 || y >= height) {
            throw new IndexOutOfBoundsException("pixel (%d, %d) of a mask of %dx%d".formatted(x, y, width, height));
        }
        return labels[y * width + x];
    }

    /** A copy of a part. */
    public Mask crop(Region region) {
        if (region.left() + (long) region.width() > width || region.top() + (long) region.height() > height) {
            throw new IllegalArgumentException("%s of a mask of %dx%d pixels".formatted(region, width, height));
        }
        char[] part = new char[region.width() * region.height()];
        for (int y = 0; y < region.height(); y++) {
            int from = (region.top() + y) * width + region.left();
            System.arraycopy(labels, from, part, y * region.width(), region.width());
        }
        return new Mask(region.width(), region.height(), part);
    }

    /** Largest label but {@link #IGNORE}; -1 if every pixel is ignored. */
    public int maxClassId() {
        int max = -1;
        for (char label : labels) {
            if (label != IGNORE && label > max) {
                max = label;
            }
        }
        return max;
    }

    /** Number of pixels of each label that occurs, {@link #IGNORE} too, by ascending label. */
    public SortedMap<Integer, Long> pixelsByLabel() {
        int max = 0;
        for (char label : labels) {
            max = Math.max(max, label);
        }
        long[] pixels = new long[max + 1];
        for (char label : labels) {
            pixels[label]++;
        }
        SortedMap<Integer, Long> present = new TreeMap<>();
        for (int label = 0; label < pixels.length; label++) {
            if (pixels[label] > 0) {
                present.put(label, pixels[label]);
            }
        }
        return present;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Mask mask
                && width == mask.width
                && height == mask.height
                && Arrays.equals(labels, mask.labels);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * width + height) + Arrays.hashCode(labels);
    }

    @Override
    public String toString() {
        return "Mask[%dx%d]".formatted(width, height);
    }
}
