package io.fcnspark.metrics;

import java.util.Arrays;

/**
 * The exact Euclidean distance transform, in integers: Meijster, Roerdink, Hesselink, "A general algorithm for computing
 * distance transforms in linear time", 2000.
 */
final class DistanceTransform {
    /** Squared distance of a pixel where there is nothing to be near to, or nothing nearer than an {@code int} can tell. */
    static final int INFINITE = Integer.MAX_VALUE;

    private DistanceTransform() {}

    /**
     * Squared distance of every pixel to the nearest one of a set, in pixels.
     *
     * @param width of the raster
     * @param height of the raster
     * @param set row by row: whether a pixel belongs to the set; its own distance is 0
     * @return row by row; {@link #INFINITE} everywhere if the set is empty
     */
    static int[] squared(int width, int height, boolean[] set) {
        // Larger than any distance within the raster.
        int beyond = width + height;
        int[] distances = new int[width * height];
        boolean any = false;
        for (int x = 0; x < width; x++) {
            any |= alongColumn(set, distances, x, width, height, beyond);
        }
        if (!any) {
            Arrays.fill(distances, INFINITE);
            return distances;
        }
        int[] row = new int[width];
        int[] vertex = new int[width];
        int[] start = new int[width];
        for (int y = 0; y < height; y++) {
            System.arraycopy(distances, y * width, row, 0, width);
            alongRow(row, vertex, start, distances, y * width);
        }
        return distances;
    }

    /** Distances to the nearest pixel of the set in the same column; {@code beyond} if there is none. */
    private static boolean alongColumn(boolean[] set, int[] distances, int x, int width, int height, int beyond) {
        int distance = beyond;
        for (int y = 0, i = x; y < height; y++, i += width) {
            distance = set[i] ? 0 : Math.min(beyond, distance + 1);
            distances[i] = distance;
        }
        boolean any = distance < beyond;
        distance = beyond;
        for (int i = x + (height - 1) * width; i >= 0; i -= width) {
            distance = set[i] ? 0 : Math.min(beyond, distance + 1);
            distances[i] = Math.min(distances[i], distance);
        }
        return any;
    }

    /** The lower envelope of the parabolas (x - u)² + g(u)², from left to right. */
    private static void alongRow(int[] g, int[] vertex, int[] start, int[] squared, int offset) {
        int top = 0;
        vertex[0] = 0;
        start[0] = 0;
        for (int u = 1; u < g.length; u++) {
            while (top >= 0 && at(g, vertex[top], start[top]) > at(g, u, start[top])) {
                top--;
            }
            if (top < 0) {
                top = 0;
                vertex[0] = u;
            } else {
                long from = 1 + separation(g, vertex[top], u);
                if (from < g.length) {
                    top++;
                    vertex[top] = u;
                    start[top] = (int) from;
                }
            }
        }
        for (int x = g.length - 1; x >= 0; x--) {
            squared[offset + x] = (int) Math.min(INFINITE, at(g, vertex[top], x));
            if (x == start[top]) {
                top--;
            }
        }
    }

    private static long at(int[] g, int u, int x) {
        return square(x - u) + square(g[u]);
    }

    /** The last column in which the parabola of {@code i} is not above that of {@code u}, which lies to its right. */
    private static long separation(int[] g, int i, int u) {
        return Math.floorDiv(square(u) - square(i) + square(g[u]) - square(g[i]), 2L * (u - i));
    }

    private static long square(long length) {
        return length * length;
    }
}
