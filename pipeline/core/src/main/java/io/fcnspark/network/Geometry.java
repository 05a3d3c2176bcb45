package io.fcnspark.network;

import java.util.Arrays;
import java.util.Locale;

/**
 * How borders are treated. The two are not numerically equal (the grid of stride 32 sits at another phase), so weights
 * belong to the geometry in which they were trained.
 */
public enum Geometry {
    /**
     * Every convolution and transposed convolution keeps its size ('same'); the image is padded at the right and bottom to
     * a multiple of 32 and the scores are cropped back.
     */
    SAME(32),
    /**
     * What the authors' published weights were trained in: {@code conv1_1} pads by 100, {@code fc6} does not pad, pooling
     * rounds up, transposed convolutions are full, and crops with fixed offsets align the results.
     */
    CAFFE(1);

    private final int sizeMultiple;

    Geometry(int sizeMultiple) {
        this.sizeMultiple = sizeMultiple;
    }

    /** Heights and widths that need no padding are the multiples of this number. */
    public int sizeMultiple() {
        return sizeMultiple;
    }

    /** The smallest size that needs no padding and holds {@code size} pixels. */
    public int paddedSize(int size) {
        return Math.multiplyExact((size + sizeMultiple - 1) / sizeMultiple, sizeMultiple);
    }

    /** The name in {@code model.json}: {@code same} or {@code caffe}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The geometry of a name.
     *
     * @throws IllegalArgumentException for an unknown name
     */
    public static Geometry of(String id) {
        return Arrays.stream(values())
                .filter(geometry -> geometry.id().equals(id))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("unknown geometry '" + id + "': expected one of same, caffe"));
    }

    @Override
    public String toString() {
        return id();
    }
}
