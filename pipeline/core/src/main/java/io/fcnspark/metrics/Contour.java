package io.fcnspark.metrics;

import io.fcnspark.labels.Mask;
import java.util.Arrays;

/** The pixels of one class that touch another class. Never empty. */
final class Contour {
    private final int imageWidth;
    private final int imageHeight;
    private int[] xs = new int[64];
    private int[] ys = new int[64];
    private int size;
    private int left = Integer.MAX_VALUE;
    private int right = -1;
    private int top = Integer.MAX_VALUE;
    private int bottom = -1;

    private Contour(int imageWidth, int imageHeight) {
        this.imageWidth = imageWidth;
        this.imageHeight = imageHeight;
    }

    /** By class id; null for a class without a contour. */
    static Contour[] ofClasses(Mask mask, int numClasses) {
        Contour[] contours = new Contour[numClasses];
        char[] labels = mask.labels();
        int width = mask.width();
        int height = mask.height();
        for (int y = 0, i = 0; y < height; y++) {
            for (int x = 0; x < width; x++, i++) {
                char label = labels[i];
                boolean across =
                        (x > 0 && isOther(label, labels[i - 1])) || (x + 1 < width && isOther(label, labels[i + 1]));
                boolean upright = (y > 0 && isOther(label, labels[i - width]))
                        || (y + 1 < height && isOther(label, labels[i + width]));
                if (label != Mask.IGNORE && (across || upright)) {
                    if (contours[label] == null) {
                        contours[label] = new Contour(width, height);
                    }
                    contours[label].add(x, y);
                }
            }
        }
        return contours;
    }

    private static boolean isOther(char label, char neighbour) {
        return neighbour != label && neighbour != Mask.IGNORE;
    }

    private void add(int x, int y) {
        if (size == xs.length) {
            xs = Arrays.copyOf(xs, 2 * size);
            ys = Arrays.copyOf(ys, 2 * size);
        }
        xs[size] = x;
        ys[size] = y;
        size++;
        left = Math.min(left, x);
        right = Math.max(right, x);
        top = Math.min(top, y);
        bottom = Math.max(bottom, y);
    }

    /** Share of these pixels whose distance to the nearest one of another contour in the same image is below a tolerance. */
    double shareNear(Contour other, double tolerance) {
        // What lies further outside of the other's box than the tolerance is not near: a thin class costs little.
        int margin = (int) Math.ceil(tolerance);
        int originX = Math.max(0, other.left - margin);
        int originY = Math.max(0, other.top - margin);
        int width = Math.min(imageWidth, other.right + 1 + margin) - originX;
        int height = Math.min(imageHeight, other.bottom + 1 + margin) - originY;
        boolean[] set = new boolean[width * height];
        for (int i = 0; i < other.size; i++) {
            set[(other.ys[i] - originY) * width + other.xs[i] - originX] = true;
        }
        int[] squared = DistanceTransform.squared(width, height, set);
        int near = 0;
        for (int i = 0; i < size; i++) {
            int x = xs[i] - originX;
            int y = ys[i] - originY;
            if (x >= 0 && x < width && y >= 0 && y < height && squared[y * width + x] < tolerance * tolerance) {
                near++;
            }
        }
        return (double) near / size;
    }
}
