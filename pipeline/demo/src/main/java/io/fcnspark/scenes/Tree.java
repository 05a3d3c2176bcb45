package io.fcnspark.scenes;

import java.awt.Color;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * A tree, or with a short trunk a bush.
 *
 * @param x aside, in metres
 * @param z ahead, in metres
 * @param trunk height of the trunk, in metres
 * @param crown radius of the crown, in metres
 * @param leaves colour of the foliage
 * @param seed of its details
 */
record Tree(double x, double z, double trunk, double crown, Color leaves, long seed) implements Thing {
    static Tree draw(double x, double z, RandomGenerator random) {
        return new Tree(
                x, z, random.nextDouble(2.1, 3.2), random.nextDouble(1.4, 2.5), foliage(random), random.nextLong());
    }

    static Tree bush(double x, double z, RandomGenerator random) {
        return new Tree(x, z, 0.1, random.nextDouble(1.1, 2.2), foliage(random), random.nextLong());
    }

    private static Color foliage(RandomGenerator random) {
        return Colours.vary(
                Colours.pick(random, 0x4f7a34, 0x5b8a3c, 0x44703c, 0x6f8f3a, 0x3e6636, 0x88913a, 0xa8842f),
                0.05,
                random);
    }

    @Override
    public void shade(Shadows shadows) {
        shadows.wall(x - 0.12, z, x + 0.12, z, trunk);
        RandomGenerator random = new SplittableRandom(seed);
        for (int i = 0; i < 5; i++) {
            shadows.ball(
                    x + crown * random.nextDouble(-0.5, 0.5),
                    trunk + crown * random.nextDouble(0.4, 1.4),
                    z + crown * random.nextDouble(-0.5, 0.5),
                    crown * 0.72);
        }
    }

    @Override
    public void draw(View view) {
        Canvas canvas = view.canvas();
        Camera camera = view.camera();
        Light light = view.light();
        RandomGenerator random = new SplittableRandom(seed);
        double scale = camera.scale(z);
        double column = camera.column(x, z);
        Color bark = light.facing(new Color(0x5d4a3a), z);
        Path2D stem = camera.polygon(
                Camera.point(x - crown * 0.11, 0, z),
                Camera.point(x + crown * 0.11, 0, z),
                Camera.point(x + crown * 0.05, trunk + crown * 0.4, z),
                Camera.point(x - crown * 0.05, trunk + crown * 0.4, z));
        canvas.object(stem, bark, SceneClass.TREE);

        double radius = crown * scale;
        double centre = camera.row(trunk + crown * 0.85, z);
        Path2D outline = new Path2D.Double(Path2D.WIND_NON_ZERO);
        int blobs = random.nextInt(9, 14);
        for (int i = 0; i < blobs; i++) {
            double angle = 2 * Math.PI * (i + random.nextDouble(0.7)) / blobs;
            double r = radius * random.nextDouble(0.3, 0.46);
            outline.append(
                    disc(column + (radius - r) * Math.cos(angle), centre + (radius * 0.92 - r) * Math.sin(angle), r),
                    false);
        }
        outline.append(disc(column, centre, radius * 0.7), false);
        canvas.object(outline, light.at(leaves, light.ambient() * 0.72, z), SceneClass.TREE);
        canvas.within(outline, () -> leaves(canvas, light, random, column, centre, radius));
    }

    private void leaves(
            Canvas canvas, Light light, RandomGenerator random, double column, double centre, double radius) {
        int tufts = (int) Math.min(260, 30 + radius * 4);
        double size = Math.max(1.2, radius * 0.13);
        for (int i = 0; i < tufts; i++) {
            double dx = random.nextDouble(-1, 1);
            double dy = random.nextDouble(-1, 1);
            double above = 0.5 - 0.5 * dy;
            double sunward = 0.5 + 0.5 * dx * Math.signum(light.sunX());
            double lit = light.ambient() * (0.62 + 0.5 * above)
                    + light.sun() * (0.25 + 0.65 * above * sunward)
                    + random.nextDouble(-0.1, 0.1);
            double r = size * random.nextDouble(0.6, 1.3);
            canvas.detail(
                    disc(column + dx * radius, centre + dy * radius, r),
                    Colours.transparent(light.at(leaves, lit, z), 0.75));
        }
    }

    private static Shape disc(double x, double y, double radius) {
        return new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius);
    }
}
