package io.fcnspark.scenes;

import static io.fcnspark.scenes.Camera.point;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.awt.image.ConvolveOp;
import java.awt.image.DataBufferInt;
import java.awt.image.Kernel;
import java.util.Arrays;

/** Shadows on the ground. They are gathered first, so that none counts twice, and then darken the picture. */
final class Shadows {
    private static final int CORNERS = 20;

    private final Camera camera;
    private final Light light;
    private final BufferedImage map;
    private final Graphics2D brush;

    Shadows(Camera camera, Light light) {
        this.camera = camera;
        this.light = light;
        map = new BufferedImage(camera.width(), camera.height(), BufferedImage.TYPE_INT_RGB);
        brush = map.createGraphics();
        brush.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    }

    /** Of a wall that stands on the ground between two points. */
    void wall(double x1, double z1, double x2, double z2, double height) {
        double dx = height * light.shadowX();
        double dz = height * light.shadowZ();
        throwOnto(point(x1, 0, z1), point(x2, 0, z2), point(x2 + dx, 0, z2 + dz), point(x1 + dx, 0, z1 + dz));
    }

    /** Of a box that stands on the ground. */
    void box(double x1, double z1, double x2, double z2, double height) {
        wall(x1, z1, x2, z1, height);
        wall(x1, z2, x2, z2, height);
        wall(x1, z1, x1, z2, height);
        wall(x2, z1, x2, z2, height);
        double dx = height * light.shadowX();
        double dz = height * light.shadowZ();
        throwOnto(
                point(x1 + dx, 0, z1 + dz),
                point(x2 + dx, 0, z1 + dz),
                point(x2 + dx, 0, z2 + dz),
                point(x1 + dx, 0, z2 + dz));
    }

    /** Of a ball in the air. */
    void ball(double x, double y, double z, double radius) {
        brush.setColor(sunlessness());
        brush.fill(camera.polygon(circle(x + y * light.shadowX(), z + y * light.shadowZ(), radius, radius)));
    }

    /** The dark under something that stands on the ground, whatever the light. */
    void contact(double x, double z, double radiusX, double radiusZ) {
        brush.setColor(new Color(255, 255, 255, 52));
        for (int ring = 0; ring < 4; ring++) {
            double grow = 1.15 - 0.13 * ring;
            brush.fill(camera.polygon(circle(x, z, radiusX * grow, radiusZ * grow)));
        }
    }

    /** Darkens what is drawn so far. */
    void apply(Canvas canvas) {
        brush.dispose();
        float[] weights = new float[9];
        Arrays.fill(weights, 1f / 9);
        BufferedImage soft = new ConvolveOp(new Kernel(3, 3, weights), ConvolveOp.EDGE_NO_OP, null).filter(map, null);
        int[] shadow = ((DataBufferInt) soft.getRaster().getDataBuffer()).getData();
        int[] pixels = canvas.pixels();
        int firstRow = (int) camera.horizon();
        for (int i = firstRow * camera.width(); i < pixels.length; i++) {
            double dark = (shadow[i] & 0xff) / 255.0;
            if (dark > 0) {
                int pixel = pixels[i];
                int r = (int) ((pixel >> 16 & 0xff) * (1 - dark));
                int g = (int) ((pixel >> 8 & 0xff) * (1 - 0.97 * dark));
                int b = (int) ((pixel & 0xff) * (1 - 0.88 * dark));
                pixels[i] = r << 16 | g << 8 | b;
            }
        }
    }

    private void throwOnto(double[]... corners) {
        brush.setColor(sunlessness());
        brush.fill(camera.polygon(corners));
    }

    private Color sunlessness() {
        int grey = Colours.clamp(255 * light.shadow());
        return new Color(grey, grey, grey);
    }

    private static double[][] circle(double x, double z, double radiusX, double radiusZ) {
        double[][] corners = new double[CORNERS][];
        for (int i = 0; i < CORNERS; i++) {
            double angle = 2 * Math.PI * i / CORNERS;
            corners[i] = point(x + radiusX * Math.cos(angle), 0, z + radiusZ * Math.sin(angle));
        }
        return corners;
    }
}
