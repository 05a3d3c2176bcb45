package io.fcnspark.labels;

import java.util.Optional;

/**
 * The smallest rectangle around the pixels of a class, as COCO has it.
 *
 * @param x leftmost column, from 0
 * @param y topmost row, from 0
 * @param width in pixels, 1 or more
 * @param height in pixels, 1 or more
 */
public record BoundingBox(int x, int y, int width, int height) {
    public BoundingBox {
        if (x < 0 || y < 0 || width < 1 || height < 1) {
            throw new IllegalArgumentException("a box of %dx%d pixels at (%d, %d)".formatted(width, height, x, y));
        }
    }

    /** The box of a class; empty if no pixel has it. */
    public static Optional<BoundingBox> of(Mask mask, int classId) {
        int width = mask.width();
        int left = width;
        int right = -1;
        int top = mask.height();
        int bottom = -1;
        char[] labels = mask.labels();
        for (int y = 0, row = 0; y < mask.height(); y++, row += width) {
            int first = 0;
            while (first < width && labels[row + first] != classId) {
                first++;
            }
            if (first == width) {
                continue;
            }
            int last = width - 1;
            while (labels[row + last] != classId) {
                last--;
            }
            left = Math.min(left, first);
            right = Math.max(right, last);
            top = Math.min(top, y);
            bottom = y;
        }
        return bottom < 0
                ? Optional.empty()
                : Optional.of(new BoundingBox(left, top, right - left + 1, bottom - top + 1));
    }
}
