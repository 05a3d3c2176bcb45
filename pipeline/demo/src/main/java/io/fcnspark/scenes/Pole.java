package io.fcnspark.scenes;

import static io.fcnspark.scenes.Camera.point;

import java.awt.Color;
import java.awt.RadialGradientPaint;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * A pole at the kerb, with what it carries.
 *
 * @param x aside, in metres
 * @param z ahead, in metres
 * @param height in metres
 * @param radius in metres
 * @param load what it carries
 * @param inward 1 if the road is at its right, -1 if it is at its left
 * @param seed of its details
 */
record Pole(double x, double z, double height, double radius, Load load, int inward, long seed) implements Thing {
    enum Load {
        LAMP,
        SIGN,
        TRAFFIC_LIGHT
    }

    static Pole draw(double x, double z, Load load, int inward, RandomGenerator random) {
        boolean lamp = load == Load.LAMP;
        return new Pole(
                x,
                z,
                lamp ? random.nextDouble(5, 7.5) : random.nextDouble(2.3, 2.9),
                lamp ? random.nextDouble(0.16, 0.22) : 0.14,
                load,
                inward,
                random.nextLong());
    }

    @Override
    public void shade(Shadows shadows) {
        shadows.wall(x - radius, z, x + radius, z, height);
    }

    @Override
    public void draw(View view) {
        RandomGenerator random = new SplittableRandom(seed);
        Color metal = Colours.vary(Colours.pick(random, 0x7d8287, 0x4c5156, 0x8f9497, 0x3d4a44), 0.04, random);
        rod(view, metal);
        switch (load) {
            case LAMP -> lamp(view, metal);
            case SIGN -> sign(view, random);
            case TRAFFIC_LIGHT -> trafficLight(view, random);
        }
    }

    private void rod(View view, Color metal) {
        Canvas canvas = view.canvas();
        Camera camera = view.camera();
        Light light = view.light();
        double slim = load == Load.LAMP ? radius * 0.7 : radius;
        canvas.object(
                camera.polygon(
                        point(x - radius, 0, z),
                        point(x + radius, 0, z),
                        point(x + slim, height, z),
                        point(x - slim, height, z)),
                light.at(metal, light.ambient() * 0.85, z),
                SceneClass.POLE);
        double sunny = Math.signum(light.sunX());
        canvas.detail(
                camera.polygon(
                        point(x + sunny * slim, 0, z),
                        point(x + sunny * slim * 0.1, 0, z),
                        point(x + sunny * slim * 0.1, height, z),
                        point(x + sunny * slim, height, z)),
                light.at(metal, light.ambient() + light.sun(), z));
    }

    private void lamp(View view, Color metal) {
        Canvas canvas = view.canvas();
        Camera camera = view.camera();
        Light light = view.light();
        double reach = inward * 1.6;
        canvas.object(
                camera.polygon(
                        point(x, height, z),
                        point(x + reach, height + 0.35, z),
                        point(x + reach, height + 0.2, z),
                        point(x, height - 0.22, z)),
                light.facing(metal, z),
                SceneClass.POLE);
        canvas.object(
                camera.front(x + reach * 0.8, height + 0.16, x + reach * 1.3, height + 0.42, z),
                light.facing(metal, z),
                SceneClass.POLE);
        if (light.lamps() > 0.4) {
            double glow = 1.7 * camera.scale(z);
            double column = camera.column(x + reach * 1.05, z);
            double row = camera.row(height + 0.1, z);
            Color shine = new Color(0xffdf9e);
            canvas.detail(
                    new Ellipse2D.Double(column - glow, row - glow, 2 * glow, 2 * glow),
                    new RadialGradientPaint(
                            (float) column, (float) row, (float) glow, new float[] {0, 0.18f, 1}, new Color[] {
                                Colours.transparent(Color.WHITE, light.lamps()),
                                Colours.transparent(shine, 0.45 * light.lamps()),
                                Colours.transparent(shine, 0)
                            }));
        }
    }

    private void sign(View view, RandomGenerator random) {
        double r = random.nextDouble(0.46, 0.6);
        Color red = new Color(0xc1272d);
        Color blue = new Color(0x1f4fa0);
        Color white = new Color(0xf2f2ee);
        switch (random.nextInt(5)) {
            case 0 -> {
                plate(view, outline(view, r, 8, Math.PI / 8), red);
                face(view, outline(view, r * 0.86, 8, Math.PI / 8), Colours.scale(red, 1.12));
                face(view, bar(view, r * 0.6, r * 0.14), white);
            }
            case 1 -> {
                plate(view, outline(view, r, 24, 0), red);
                face(view, outline(view, r * 0.74, 24, 0), white);
                face(view, bar(view, r * 0.34, r * 0.3), new Color(0x26282b));
            }
            case 2 -> {
                plate(view, outline(view, r * 1.12, 3, Math.PI / 2), red);
                face(view, outline(view, r * 0.68, 3, Math.PI / 2), white);
            }
            case 3 -> {
                plate(view, outline(view, r * 1.15, 4, Math.PI / 4), blue);
                face(view, outline(view, r * 0.45, 3, Math.PI / 2), white);
            }
            default -> {
                plate(view, outline(view, r, 24, 0), blue);
                face(view, bar(view, r * 0.16, r * 0.6), white);
            }
        }
    }

    private void trafficLight(View view, RandomGenerator random) {
        Canvas canvas = view.canvas();
        Camera camera = view.camera();
        Light light = view.light();
        double y = height - 0.1;
        double half = 0.21;
        canvas.object(
                camera.front(x - half, y, x + half, y + 1.1, z), light.facing(new Color(0x23282b), z), SceneClass.SIGN);
        int on = random.nextInt(3);
        int[] bright = {0x2fe07a, 0xffb52e, 0xff3b30};
        for (int i = 0; i < 3; i++) {
            double r = 0.13 * camera.scale(z);
            double column = camera.column(x, z);
            double row = camera.row(y + 0.2 + 0.35 * i, z);
            Color colour = new Color(bright[i]);
            canvas.detail(
                    new Ellipse2D.Double(column - r, row - r, 2 * r, 2 * r),
                    i == on ? colour : light.facing(Colours.scale(colour, 0.25), z));
        }
    }

    private void plate(View view, Path2D shape, Color colour) {
        view.canvas().object(shape, signColour(view, colour), SceneClass.SIGN);
    }

    private void face(View view, Path2D shape, Color colour) {
        view.canvas().detail(shape, signColour(view, colour));
    }

    /** Signs throw light back, so the haze takes less of them. */
    private Color signColour(View view, Color colour) {
        return view.light().facing(colour, z * 0.5);
    }

    /** A regular polygon at the top of the pole. */
    private Path2D outline(View view, double r, int corners, double turn) {
        double[][] points = new double[corners][];
        for (int i = 0; i < corners; i++) {
            double angle = turn + 2 * Math.PI * i / corners;
            points[i] = point(x + r * Math.cos(angle), height + r * Math.sin(angle), z);
        }
        return view.camera().polygon(points);
    }

    private Path2D bar(View view, double halfWidth, double halfHeight) {
        return view.camera().front(x - halfWidth, height - halfHeight, x + halfWidth, height + halfHeight, z);
    }
}
