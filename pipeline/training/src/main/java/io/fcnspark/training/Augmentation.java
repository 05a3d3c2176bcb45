package io.fcnspark.training;

import io.fcnspark.image.RgbImage;
import io.fcnspark.labels.Mask;
import java.io.Serializable;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * A random window of a randomly scaled image, and the same of its truth. Colours are interpolated bilinearly, truth is taken
 * from the nearest pixel. Where the scaled image is smaller than the window its border is repeated, and the truth is {@link
 * Mask#IGNORE}.
 *
 * @param height of the window, in pixels; a multiple of 32 wastes nothing in the network
 * @param width of the window, in pixels
 * @param minScale smallest factor on height and width, above 0
 * @param maxScale largest factor; factors are uniformly distributed
 * @param flip whether every other image, at random, is mirrored left to right
 */
public record Augmentation(int height, int width, double minScale, double maxScale, Flip flip) implements Serializable {
    /** Windows of 320 x 320 pixels of images at half to twice their size, every other one mirrored. */
    public static final Augmentation DEFAULT = new Augmentation(320, 320, 0.5, 2, Flip.HORIZONTAL);

    /** Whether images are mirrored. */
    public enum Flip {
        NONE,
        HORIZONTAL
    }

    public Augmentation {
        if (height < 1 || width < 1) {
            throw new IllegalArgumentException(
                    "crop is %dx%d: expected at least 1x1 pixels (height x width)".formatted(height, width));
        }
        if (!(minScale > 0 && minScale <= maxScale && maxScale <= 16)) {
            throw new IllegalArgumentException(
                    "scale is %s-%s: expected 0 < first <= second <= 16".formatted(minScale, maxScale));
        }
    }

    /** One window. The same random numbers give the same window. */
    ExampleReader.Content apply(ExampleReader.Content example, SplittableRandom random) {
        double scale = minScale == maxScale ? minScale : random.nextDouble(minScale, maxScale);
        boolean mirrored = flip == Flip.HORIZONTAL && random.nextBoolean();
        RgbImage image = example.image();
        Axis rows = new Axis(image.height(), height, scale, random);
        Axis columns = new Axis(image.width(), width, scale, random);
        if (mirrored) {
            columns.reverse();
        }
        return new ExampleReader.Content(colours(image, rows, columns), labels(example.truth(), rows, columns));
    }

    private RgbImage colours(RgbImage image, Axis rows, Axis columns) {
        byte[] from = image.rgb();
        byte[] to = new byte[3 * height * width];
        int stride = 3 * image.width();
        for (int y = 0, i = 0; y < height; y++) {
            int above = rows.first[y] * stride;
            int below = rows.second[y] * stride;
            float down = rows.fraction[y];
            for (int x = 0; x < width; x++) {
                int left = 3 * columns.first[x];
                int right = 3 * columns.second[x];
                float across = columns.fraction[x];
                for (int colour = 0; colour < 3; colour++, i++) {
                    float top = mix(from[above + left + colour], from[above + right + colour], across);
                    float bottom = mix(from[below + left + colour], from[below + right + colour], across);
                    to[i] = (byte) (top + (bottom - top) * down + 0.5f);
                }
            }
        }
        return new RgbImage(width, height, to);
    }

    private static float mix(byte a, byte b, float share) {
        float first = a & 0xff;
        return first + ((b & 0xff) - first) * share;
    }

    private Mask labels(Mask truth, Axis rows, Axis columns) {
        char[] labels = new char[height * width];
        Arrays.fill(labels, (char) Mask.IGNORE);
        for (int y = 0; y < height; y++) {
            int row = rows.nearest[y];
            if (row < 0) {
                continue;
            }
            for (int x = 0; x < width; x++) {
                int column = columns.nearest[x];
                if (column >= 0) {
                    labels[y * width + x] = truth.labels()[row * truth.width() + column];
                }
            }
        }
        return new Mask(width, height, labels);
    }

    /** For every position of the window along one axis, where its value comes from. Pixels have their centre at 0.5. */
    private static final class Axis {
        private final int[] first;
        private final int[] second;
        private final float[] fraction;
        /** -1 outside of the image. */
        private final int[] nearest;

        Axis(int size, int window, double scale, SplittableRandom random) {
            int scaled = Math.max(1, (int) Math.round(size * scale));
            int surplus = scaled - window;
            int offset = surplus >= 0 ? random.nextInt(surplus + 1) : -random.nextInt(-surplus + 1);
            first = new int[window];
            second = new int[window];
            fraction = new float[window];
            nearest = new int[window];
            for (int i = 0; i < window; i++) {
                double position = (i + offset + 0.5) * size / scaled;
                double lower = Math.min(Math.max(position - 0.5, 0), size - 1);
                first[i] = (int) lower;
                second[i] = Math.min(first[i] + 1, size - 1);
                fraction[i] = (float) (lower - first[i]);
                nearest[i] = position < 0 || position >= size ? -1 : (int) position;
            }
        }

        void reverse() {
            for (int i = 0, j = first.length - 1; i < j; i++, j--) {
                swap(first, i, j);
                swap(second, i, j);
                swap(nearest, i, j);
                float other = fraction[i];
                fraction[i] = fraction[j];
                fraction[j] = other;
            }
        }

        private static void swap(int[] values, int i, int j) {
            int other = values[i];
            values[i] = values[j];
            values[j] = other;
        }
    }
}
