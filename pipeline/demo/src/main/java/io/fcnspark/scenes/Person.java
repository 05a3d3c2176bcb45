package io.fcnspark.scenes;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Somebody who walks or stands.
 *
 * @param x aside, in metres
 * @param z ahead, in metres
 * @param height in metres
 * @param seed of clothes and gait
 */
record Person(double x, double z, double height, long seed) implements Thing {
    static Person draw(double x, double z, RandomGenerator random) {
        double height = random.nextInt(7) == 0 ? random.nextDouble(1.15, 1.4) : random.nextDouble(1.58, 1.9);
        return new Person(x, z, height, random.nextLong());
    }

    @Override
    public void shade(Shadows shadows) {
        shadows.wall(x - 0.17, z, x + 0.17, z, height);
        shadows.contact(x, z, 0.26, 0.22);
    }

    @Override
    public void draw(View view) {
        RandomGenerator random = new SplittableRandom(seed);
        Color skin = Colours.vary(Colours.pick(random, 0xe3b591, 0xc98f68, 0x8d5a3b, 0x5f3b27, 0xf0c8a6), 0.03, random);
        Color hair = Colours.vary(Colours.pick(random, 0x2b211b, 0x4e3524, 0x7a5a38, 0x1d1d1f, 0xa8926b), 0.03, random);
        Color coat = Colours.vary(
                Colours.pick(
                        random, 0xb3362f, 0x2f4d7d, 0x3c6a54, 0xd0a23f, 0x6a4a77, 0xd7d2c6, 0x2c2f36, 0x8a5a3a,
                        0x4aa3a8, 0xd9772f, 0xc45c86),
                0.06,
                random);
        Color trousers =
                Colours.vary(Colours.pick(random, 0x2b3243, 0x3a3a3c, 0x5a5348, 0x23262b, 0x7c7363), 0.04, random);
        double stride = random.nextInt(4) == 0 ? 0.03 : random.nextDouble(0.07, 0.17);
        double swing = stride * random.nextDouble(0.5, 0.9);
        boolean skirt = random.nextInt(5) == 0;
        boolean bag = random.nextInt(3) == 0;
        double facing = random.nextBoolean() ? 1 : -1;

        limb(view, 0, 0.5, facing * stride, 0.03, 0.085, Colours.scale(trousers, 0.8));
        limb(view, 0.02, 0.5, -facing * stride, 0.03, 0.092, trousers);
        limb(view, facing * stride, 0.025, facing * (stride + 0.05), 0.022, 0.045, new Color(0x242326));
        limb(view, -facing * stride, 0.025, facing * (0.05 - stride), 0.022, 0.045, new Color(0x242326));
        limb(view, 0, 0.78, -facing * swing, 0.48, 0.065, Colours.scale(coat, 0.78));
        torso(view, coat, skirt ? 0.3 : 0.47, skirt ? 0.17 : 0.11);
        limb(view, 0.01, 0.78, facing * swing, 0.49, 0.07, Colours.scale(coat, 0.9));
        part(view, disc(view, facing * swing, 0.475, 0.028), skin);
        if (bag) {
            part(view, disc(view, -facing * 0.11, 0.56, 0.075), Colours.scale(trousers, 0.8));
        }
        limb(view, 0, 0.83, 0, 0.87, 0.05, skin);
        part(view, disc(view, facing * 0.006, 0.925, 0.074), skin);
        Shape crown = disc(view, -facing * 0.012, 0.945, 0.071);
        part(view, crown, hair);
        part(view, disc(view, facing * 0.03, 0.915, 0.046), skin);
    }

    private void torso(View view, Color coat, double hem, double hemWidth) {
        Path2D path = new Path2D.Double();
        path.moveTo(column(view, -0.125), row(view, 0.8));
        path.quadTo(column(view, -0.1), row(view, 0.845), column(view, -0.04), row(view, 0.85));
        path.lineTo(column(view, 0.04), row(view, 0.85));
        path.quadTo(column(view, 0.1), row(view, 0.845), column(view, 0.125), row(view, 0.8));
        path.lineTo(column(view, 0.105), row(view, 0.6));
        path.lineTo(column(view, hemWidth), row(view, hem));
        path.lineTo(column(view, -hemWidth), row(view, hem));
        path.lineTo(column(view, -0.105), row(view, 0.6));
        path.closePath();
        part(view, path, coat);
        // The side away from the sun.
        double away = -Math.signum(view.light().sunX());
        view.canvas().within(path, () -> view.canvas()
                .detail(
                        disc(view, away * 0.1, 0.66, 0.11),
                        Colours.transparent(Color.BLACK, 0.3 * view.light().sun())));
    }

    /** Positions are in units of the height, from the point on the ground. */
    private void limb(View view, double x1, double y1, double x2, double y2, double thickness, Color colour) {
        Line2D line = new Line2D.Double(column(view, x1), row(view, y1), column(view, x2), row(view, y2));
        float width = (float) (thickness * height * view.camera().scale(z));
        part(
                view,
                new BasicStroke(width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND).createStrokedShape(line),
                colour);
    }

    private void part(View view, Shape shape, Color colour) {
        view.canvas().object(shape, view.light().facing(colour, z), SceneClass.PERSON);
    }

    private Shape disc(View view, double dx, double y, double radius) {
        double r = radius * height * view.camera().scale(z);
        return new Ellipse2D.Double(column(view, dx) - r, row(view, y) - r, 2 * r, 2 * r);
    }

    private double column(View view, double dx) {
        return view.camera().column(x + dx * height, z);
    }

    private double row(View view, double y) {
        return view.camera().row(y * height, z);
    }
}
