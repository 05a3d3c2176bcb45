package io.fcnspark.scenes;

import java.awt.Color;
import java.util.random.RandomGenerator;

/** Road and pavements, with their markings, joints and stains. */
final class Ground {
    private static final double FAR = 400;
    private static final double ASIDE = 150;
    private static final double KERB = 0.28;

    private final Canvas canvas;
    private final Camera camera;
    private final Light light;
    private final Street street;
    private final Color asphalt;
    private final Color slab;
    private final Color paint;

    Ground(Canvas canvas, Camera camera, Light light, Street street, RandomGenerator random) {
        this.canvas = canvas;
        this.camera = camera;
        this.light = light;
        this.street = street;
        this.asphalt = Colours.vary(new Color(0x5a5c64), 0.05, random);
        this.slab = Colours.vary(Colours.pick(random, 0xc2b39b, 0xc4a27f, 0xb8ab97, 0xbb8b74), 0.05, random);
        this.paint = Colours.vary(new Color(0xdedcd2), 0.06, random);
    }

    void draw(RandomGenerator random, Noise noise) {
        surface(-ASIDE, Camera.NEAR, ASIDE, FAR, slab, SceneClass.PAVEMENT);
        slabs(street.leftWall(), street.left());
        slabs(street.right(), street.rightWall());
        kerb(street.left() - KERB, street.left());
        kerb(street.right(), street.right() + KERB);
        surface(street.left(), Camera.NEAR, street.right(), FAR, asphalt, SceneClass.ROAD);
        boolean crosses = street.crossing() < street.end();
        if (crosses) {
            double z = street.crossing();
            surface(-ASIDE, z, ASIDE, z + Street.CROSSING_WIDTH, asphalt, SceneClass.ROAD);
        }
        repairs(random);
        markings(random.nextInt(3));
        if (crosses) {
            zebra(street.crossing() - 3.8, street.crossing() - 0.9);
        }
        grain(noise);
    }

    /** In bands, because the haze grows with the distance. */
    private void surface(double x1, double z1, double x2, double z2, Color colour, SceneClass sceneClass) {
        for (double near = z1; near < z2; near = near * 1.35 + 0.5) {
            double far = Math.min(z2, near * 1.35 + 0.55);
            canvas.object(
                    camera.ground(x1, near, x2, far),
                    light.on(colour, 0, 1, 0, (near + Math.min(far, street.end())) / 2),
                    sceneClass);
        }
    }

    private void patch(double x1, double z1, double x2, double z2, Color colour) {
        if (z2 > Camera.NEAR) {
            canvas.detail(camera.ground(x1, z1, x2, z2), light.on(colour, 0, 1, 0, z1));
        }
    }

    private void kerb(double x1, double x2) {
        surface(x1, Camera.NEAR, x2, FAR, Colours.scale(slab, 1.18), SceneClass.PAVEMENT);
    }

    private void slabs(double x1, double x2) {
        Color joint = Colours.scale(slab, 0.82);
        for (double z = 2; z < 40; z += 1.2) {
            patch(x1, z, x2, z + 0.035, joint);
        }
        for (double x = x1 + 1.2; x < x2; x += 1.2) {
            patch(x, Camera.NEAR, x + 0.03, 40, joint);
        }
    }

    private void repairs(RandomGenerator random) {
        int patches = random.nextInt(5);
        for (int i = 0; i < patches; i++) {
            double x = random.nextDouble(street.left() + 0.3, street.right() - 1.2);
            double z = random.nextDouble(3, 30);
            double darker = random.nextDouble(0.82, 1.12);
            patch(x, z, x + random.nextDouble(0.5, 0.9), z + random.nextDouble(0.8, 6), Colours.scale(asphalt, darker));
        }
        for (double z = random.nextDouble(3, 9); z < 40; z += random.nextDouble(9, 20)) {
            double x = random.nextDouble(street.left() + 0.8, street.right() - 0.8);
            double[][] cover = new double[16][];
            for (int i = 0; i < cover.length; i++) {
                double angle = 2 * Math.PI * i / cover.length;
                cover[i] = Camera.point(x + 0.34 * Math.cos(angle), 0, z + 0.34 * Math.sin(angle));
            }
            canvas.detail(camera.polygon(cover), light.on(Colours.scale(asphalt, 0.68), 0, 1, 0, z));
        }
    }

    private void markings(int style) {
        for (double z = 1; z < street.end(); z += style == 0 ? 6 : 4) {
            if (!street.crosses(z) && !street.crosses(z + 2.5)) {
                patch(street.middle() - 0.07, z, street.middle() + 0.07, z + (style == 0 ? 3 : 4.1), paint);
            }
        }
        if (style == 2) {
            edgeLine(street.left() + street.parking() + 0.2);
            edgeLine(street.right() - street.parking() - 0.2);
        }
        if (street.parking() > 0 && style != 0) {
            for (double z = 4; z < 60; z += 5.6) {
                if (!street.crosses(z)) {
                    patch(street.left(), z, street.left() + street.parking(), z + 0.12, paint);
                    patch(street.right() - street.parking(), z, street.right(), z + 0.12, paint);
                }
            }
        }
    }

    private void edgeLine(double x) {
        for (double z = Camera.NEAR; z < street.end(); z += 2) {
            if (!street.crosses(z) && !street.crosses(z + 2)) {
                patch(x - 0.06, z, x + 0.06, z + 2.02, paint);
            }
        }
    }

    private void zebra(double z1, double z2) {
        for (double x = street.left() + 0.4; x < street.right() - 0.4; x += 0.95) {
            patch(x, z1, x + 0.5, z2, paint);
        }
    }

    /** Grain and stains, in the world's coordinates, so that they shrink with the distance as all else does. */
    private void grain(Noise noise) {
        int[] pixels = canvas.pixels();
        int width = canvas.width();
        for (int y = Math.max(0, (int) camera.horizon() + 2); y < canvas.height(); y++) {
            double z = camera.focal() * camera.eye() / (y + 0.5 - camera.horizon());
            double fine = Math.exp(-z / 14);
            for (int column = 0; column < width; column++) {
                double x = (column - camera.centre()) * z / camera.focal();
                double stain = noise.fractal(x * 0.35 + 90, z * 0.22) - 0.5;
                double speck = noise.value(x * 18, z * 9) - 0.5;
                double factor = 1 + 0.24 * stain + 0.2 * fine * speck;
                int i = y * width + column;
                pixels[i] = Colours.scale(new Color(pixels[i]), factor).getRGB();
            }
        }
    }
}
