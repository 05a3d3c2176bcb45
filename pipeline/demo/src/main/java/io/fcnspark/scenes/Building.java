package io.fcnspark.scenes;

import static io.fcnspark.scenes.Camera.point;

import java.awt.Color;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * A house at the street.
 *
 * @param wall where its façade is, in metres from the camera's line: negative at the left
 * @param near, far where it begins and ends along the street, in metres
 * @param floors number of storeys
 * @param roof height of a pitched roof, in metres; 0 for a flat one
 * @param plaster colour of the walls
 * @param seed of its details
 */
record Building(double wall, double near, double far, int floors, double roof, Color plaster, long seed)
        implements Thing {
    private static final double STOREY = 3.2;
    private static final double DEPTH = 11;

    /** Farther away, windows are smaller than pixels. */
    private static final double DETAIL = 95;

    static Building draw(double wall, double near, double length, RandomGenerator random) {
        return new Building(
                wall,
                near,
                near + length,
                random.nextInt(2, 8),
                random.nextInt(3) == 0 ? 0 : random.nextDouble(1.5, 3.2),
                Colours.vary(
                        Colours.pick(
                                random, 0xd9c7a3, 0xc9a58b, 0xa9573f, 0xb88c6a, 0xd8d3c8, 0x9aa5ab, 0xc8b27e, 0x8a4a3c,
                                0xe0cdb8, 0x7d8792, 0xb7b09e, 0xd4a373),
                        0.06,
                        random),
                random.nextLong());
    }

    @Override
    public double z() {
        return near;
    }

    private double height() {
        return floors * STOREY + 0.7;
    }

    @Override
    public void shade(Shadows shadows) {
        shadows.box(wall, near, wall + Math.signum(wall) * DEPTH, far, height());
    }

    @Override
    public void draw(View view) {
        Canvas canvas = view.canvas();
        Camera camera = view.camera();
        Light light = view.light();
        RandomGenerator random = new SplittableRandom(seed);
        double side = Math.signum(wall);
        double top = height();
        double back = wall + side * DEPTH;
        if (roof > 0) {
            roof(view, side, random);
        }
        // The gable end, seen where the neighbour is lower or missing.
        if (near > Camera.NEAR) {
            canvas.object(camera.front(wall, 0, back, top, near), light.facing(plaster, near), SceneClass.BUILDING);
        }
        facade(view, side, random);
    }

    private void roof(View view, double side, RandomGenerator random) {
        Canvas canvas = view.canvas();
        Camera camera = view.camera();
        Light light = view.light();
        double top = height();
        double ridge = wall + side * DEPTH / 2;
        Color tiles = Colours.vary(Colours.pick(random, 0x8e4b36, 0x6b5148, 0x585c63, 0x7a3d2e), 0.05, random);
        canvas.object(
                camera.polygon(
                        point(wall - side * 0.35, top - 0.1, near),
                        point(wall - side * 0.35, top - 0.1, far),
                        point(ridge, top + roof, far),
                        point(ridge, top + roof, near)),
                light.on(tiles, -side * 0.5, 0.85, 0, middle()),
                SceneClass.BUILDING);
        if (near > Camera.NEAR) {
            canvas.object(
                    camera.polygon(
                            point(wall, top, near),
                            point(ridge, top + roof, near),
                            point(wall + side * DEPTH, top, near)),
                    light.facing(plaster, near),
                    SceneClass.BUILDING);
        }
    }

    private void facade(View view, double side, RandomGenerator random) {
        Canvas canvas = view.canvas();
        Camera camera = view.camera();
        Light light = view.light();
        double top = height();
        // In strips along the street: the haze grows with the distance.
        for (double z = Math.max(near, Camera.NEAR); z < far; z += 3) {
            double next = Math.min(far, z + 3.02);
            canvas.object(
                    camera.wall(wall, 0, z, top, next),
                    tone(light, side, plaster, (z + next) / 2),
                    SceneClass.BUILDING);
        }
        if (near > DETAIL) {
            return;
        }
        Color trim = Colours.mix(plaster, random.nextBoolean() ? Color.WHITE : new Color(0x4a4038), 0.45);
        band(view, side, trim, top - 0.45, top);
        band(view, side, trim, 0, 0.45);
        if (random.nextBoolean()) {
            band(view, side, trim, STOREY + 0.35, STOREY + 0.6);
        }
        boolean shops = random.nextInt(5) < 2;
        double spacing = random.nextDouble(2.1, 3.1);
        double windowWidth = spacing * random.nextDouble(0.38, 0.58);
        double windowHeight = random.nextDouble(1.3, 1.9);
        int columns = Math.max(1, (int) ((far - near - 0.6) / spacing));
        double margin = (far - near - columns * spacing) / 2;
        Color awning = Colours.vary(Colours.pick(random, 0xa5322d, 0x2f6b4f, 0x2d4f86, 0xc9932e), 0.05, random);
        int door = random.nextInt(columns);
        for (int column = 0; column < columns; column++) {
            double z1 = near + margin + column * spacing + (spacing - windowWidth) / 2;
            if (shops) {
                double gap = (spacing - windowWidth) / 2;
                window(view, side, trim, 0.6, z1 - gap * 0.7, 2.7, z1 + windowWidth + gap * 0.7, random);
                panel(view, side, awning, 2.75, z1 - gap * 0.8, 3.35, z1 + windowWidth + gap * 0.8);
            } else if (column == door) {
                Color wood = Colours.pick(random, 0x4b3626, 0x2e4a3d, 0x5b2b27, 0x37485c);
                panel(view, side, trim, 0.1, z1 - 0.12, 2.55, z1 + Math.max(1, windowWidth) + 0.12);
                panel(view, side, wood, 0.1, z1, 2.4, z1 + Math.max(1, windowWidth));
            } else {
                window(view, side, trim, 1.1, z1, 1.1 + windowHeight, z1 + windowWidth, random);
            }
            for (int floor = 1; floor < floors; floor++) {
                double y = 0.7 + floor * STOREY + 0.5;
                window(view, side, trim, y, z1, y + windowHeight, z1 + windowWidth, random);
            }
        }
    }

    private void band(View view, double side, Color colour, double y1, double y2) {
        for (double z = Math.max(near, Camera.NEAR); z < far; z += 3) {
            panel(view, side, colour, y1, z, y2, Math.min(far, z + 3.02));
        }
    }

    private void window(
            View view, double side, Color trim, double y1, double z1, double y2, double z2, RandomGenerator random) {
        Light light = view.light();
        boolean lit = random.nextDouble() < 0.45 * light.lamps();
        double sky = random.nextDouble(0.1, 0.5);
        boolean curtain = random.nextInt(4) == 0;
        if (z2 < Camera.NEAR) {
            return;
        }
        panel(view, side, trim, y1 - 0.12, z1 - 0.1, y2 + 0.1, z2 + 0.1);
        double z = Math.max(0.1, (z1 + z2) / 2);
        Color glass = lit
                ? Colours.mix(new Color(0xffd58a), light.low(), 1 - Math.exp(-z / light.haze()))
                : Colours.mix(light.at(new Color(0x2a333d), 1, z), light.zenith(), sky);
        view.canvas().detail(view.camera().wall(wall, y1, z1, y2, z2), glass);
        if (curtain) {
            panel(view, side, new Color(0xd9d4c8), y1, z1, y2, z1 + (z2 - z1) * 0.3);
        }
        double bar = (z1 + z2) / 2;
        panel(view, side, trim, y1, bar - 0.03, y2, bar + 0.03);
    }

    private void panel(View view, double side, Color colour, double y1, double z1, double y2, double z2) {
        view.canvas()
                .detail(
                        view.camera().wall(wall, y1, z1, y2, z2),
                        tone(view.light(), side, colour, Math.max(0.1, (z1 + z2) / 2)));
    }

    private static Color tone(Light light, double side, Color colour, double z) {
        return light.on(colour, -side, 0, 0, z);
    }

    private double middle() {
        return Math.max(0.1, (near + far) / 2);
    }
}
