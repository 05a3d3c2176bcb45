package io.fcnspark.scenes;

/** Smooth random functions of the plane, the same for the same seed. */
final class Noise {
    private final long seed;

    Noise(long seed) {
        this.seed = seed;
    }

    /** A value in 0 … 1 that varies smoothly over a distance of about 1. */
    double value(double x, double y) {
        double floorX = Math.floor(x);
        double floorY = Math.floor(y);
        long column = (long) floorX;
        long row = (long) floorY;
        double u = ease(x - floorX);
        double v = ease(y - floorY);
        double top = mix(lattice(column, row), lattice(column + 1, row), u);
        double bottom = mix(lattice(column, row + 1), lattice(column + 1, row + 1), u);
        return mix(top, bottom, v);
    }

    /** The sum of four octaves, in 0 … 1: rough like clouds or stains. */
    double fractal(double x, double y) {
        return (8 * value(x, y)
                        + 4 * value(2 * x + 17, 2 * y + 5)
                        + 2 * value(4 * x + 3, 4 * y + 29)
                        + value(8 * x + 41, 8 * y + 11))
                / 15;
    }

    private double lattice(long column, long row) {
        long h = seed ^ column * 0x9E3779B97F4A7C15L ^ row * 0xC2B2AE3D27D4EB4FL;
        h = (h ^ h >>> 31) * 0xBF58476D1CE4E5B9L;
        h = (h ^ h >>> 29) * 0x94D049BB133111EBL;
        return (h >>> 11) * 0x1p-53;
    }

    private static double ease(double t) {
        return t * t * (3 - 2 * t);
    }

    private static double mix(double a, double b, double t) {
        return a + (b - a) * t;
    }
}
