package io.fcnspark.scenes;

import java.awt.geom.Path2D;

/**
 * A pinhole camera that looks along a level street. World coordinates are metres from the point on the ground below it: x to the
 * right, y up, z ahead.
 *
 * @param width of the picture, in pixels
 * @param height of the picture, in pixels
 * @param focal focal length, in pixels
 * @param centre column at which the street vanishes
 * @param horizon row of the horizon
 * @param eye height above the ground, in metres
 */
record Camera(int width, int height, double focal, double centre, double horizon, double eye) {
    /** Nothing nearer is drawn, in metres. */
    static final double NEAR = 0.6;

    /** Pixels per metre at that distance. */
    double scale(double z) {
        return focal / z;
    }

    double column(double x, double z) {
        return centre + x * focal / z;
    }

    double row(double y, double z) {
        return horizon - (y - eye) * focal / z;
    }

    /** Distance at which something {@code x} metres aside comes into view, in metres. */
    double nearestInView(double x) {
        double half = x > 0 ? width - centre : centre;
        return Math.abs(x) * focal / half;
    }

    /** A polygon in the world, cut off at {@link #NEAR}, as the picture shows it; empty if it lies behind the camera. */
    Path2D polygon(double[]... corners) {
        Path2D path = new Path2D.Double(Path2D.WIND_NON_ZERO);
        double[] previous = corners[corners.length - 1];
        for (double[] corner : corners) {
            if (previous[2] < NEAR != corner[2] < NEAR) {
                double t = (NEAR - previous[2]) / (corner[2] - previous[2]);
                extend(
                        path,
                        previous[0] + t * (corner[0] - previous[0]),
                        previous[1] + t * (corner[1] - previous[1]),
                        NEAR);
            }
            if (corner[2] >= NEAR) {
                extend(path, corner[0], corner[1], corner[2]);
            }
            previous = corner;
        }
        if (path.getCurrentPoint() != null) {
            path.closePath();
        }
        return path;
    }

    /** A rectangle on the ground. */
    Path2D ground(double x1, double z1, double x2, double z2) {
        return polygon(point(x1, 0, z1), point(x2, 0, z1), point(x2, 0, z2), point(x1, 0, z2));
    }

    /** A rectangle on a wall along the street. */
    Path2D wall(double x, double y1, double z1, double y2, double z2) {
        return polygon(point(x, y1, z1), point(x, y1, z2), point(x, y2, z2), point(x, y2, z1));
    }

    /** A rectangle across the street. */
    Path2D front(double x1, double y1, double x2, double y2, double z) {
        return polygon(point(x1, y1, z), point(x2, y1, z), point(x2, y2, z), point(x1, y2, z));
    }

    static double[] point(double x, double y, double z) {
        return new double[] {x, y, z};
    }

    private void extend(Path2D path, double x, double y, double z) {
        if (path.getCurrentPoint() == null) {
            path.moveTo(column(x, z), row(y, z));
        } else {
            path.lineTo(column(x, z), row(y, z));
        }
    }
}
