package io.fcnspark.scenes;

import static io.fcnspark.scenes.Camera.point;

import io.fcnspark.scenes.CarBody.Corner;
import java.awt.Color;
import java.awt.geom.Path2D;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A car, as a prism over its profile.
 *
 * @param x of its middle, aside, in metres
 * @param z of its nearer end, in metres
 * @param body its profile
 * @param paint colour of the body
 * @param oncoming whether its front is towards the camera
 */
record Car(double x, double z, CarBody body, Color paint, boolean oncoming) implements Thing {
    private static final double BELT = 0.95;
    private static final Color GLASS = new Color(0x27323c);
    private static final Color RUBBER = new Color(0x1c1d1f);
    private static final Color SILL = new Color(0x2b2d30);

    static Car draw(double x, double z, boolean oncoming, RandomGenerator random) {
        CarBody body = CarBody.ALL.get(random.nextInt(CarBody.ALL.size()));
        Color paint = Colours.vary(
                Colours.pick(
                        random, 0xd8dadc, 0x2a2d31, 0x8d9296, 0xa71e22, 0x24478f, 0x5a6066, 0xf0efe9, 0x2f5d46,
                        0xc58a1e, 0x6f1d2b, 0x3f7fb0),
                0.04,
                random);
        return new Car(x, z, body, paint, oncoming);
    }

    double length() {
        return body.length();
    }

    @Override
    public void shade(Shadows shadows) {
        double half = body.width() / 2;
        shadows.box(x - half, z, x + half, z + body.length(), 0.95);
        shadows.box(x - half * 0.8, z + 1.2, x + half * 0.8, z + body.length() - 1, 1.45);
        shadows.contact(x, z + body.length() / 2, half + 0.12, body.length() / 2 + 0.1);
    }

    @Override
    public void draw(View view) {
        List<Corner> profile = body.profile();
        // Panels across the car, those farther away first.
        for (int step = 0; step < profile.size() - 1; step++) {
            int i = oncoming ? profile.size() - 2 - step : step;
            panel(view, i);
        }
        double half = body.width() / 2;
        if (x - half > 0) {
            side(view, -1);
        } else if (x + half < 0) {
            side(view, 1);
        }
        end(view);
    }

    /** A strip of the hull from door to door, if it can be seen. */
    private void panel(View view, int index) {
        Corner a = body.profile().get(index);
        Corner b = body.profile().get(index + 1);
        double rise = b.height() - a.height();
        double run = along(b) - along(a);
        // The normal points up and away from the car; what is nearer and rises with the distance shows.
        double normalY = Math.abs(run);
        double normalZ = run == 0 ? nearward(a) : -rise * Math.signum(run);
        double depth = z + Math.max(0.1, (along(a) + along(b)) / 2);
        double towardsCamera = normalY * (view.camera().eye() - (a.height() + b.height()) / 2) - normalZ * depth;
        if (towardsCamera <= 0) {
            return;
        }
        double length = Math.hypot(normalY, normalZ);
        Color colour = view.light().on(paint, 0, normalY / length, normalZ / length, depth);
        Path2D hull = quad(view, a, b, 1);
        view.canvas().object(hull, colour, SceneClass.CAR);
        if (index == CarBody.WINDSCREEN || index == CarBody.REAR_WINDOW) {
            Corner low = between(a, b, 0.1);
            Corner high = between(a, b, 0.88);
            view.canvas().detail(quad(view, low, high, 0.86), glass(view, depth, 0.42));
        }
    }

    private void side(View view, int towards) {
        Path2D outline = new Path2D.Double();
        double[][] corners = new double[body.profile().size()][];
        for (int i = 0; i < corners.length; i++) {
            corners[i] = at(body.profile().get(i), towards);
        }
        outline.append(view.camera().polygon(corners), false);
        double depth = z + body.length() / 2;
        Color colour = view.light().on(paint, towards, 0.15, 0, depth);
        Canvas canvas = view.canvas();
        canvas.object(outline, colour, SceneClass.CAR);
        // Glass from belt to roof, shrunk within the profile.
        double[][] windows = glasshouse(towards);
        canvas.detail(view.camera().polygon(windows), glass(view, depth, 0.3));
        double pillar = (windows[0][2] + windows[1][2]) / 2;
        double flank = x + towards * body.width() / 2;
        canvas.detail(
                view.camera().wall(x + towards * half(1.2), BELT, pillar - 0.05, roof() - 0.08, pillar + 0.05), colour);
        canvas.detail(
                view.camera().wall(flank, 0.3, z + 0.1, 0.4, z + body.length() - 0.1),
                view.light().facing(SILL, depth));
        wheel(view, flank, towards, body.frontAxle());
        wheel(view, flank, towards, body.rearAxle());
    }

    private double[][] glasshouse(int towards) {
        List<Corner> p = body.profile();
        Corner[] shrunk = {
            between(p.get(CarBody.WINDSCREEN), p.get(CarBody.WINDSCREEN + 1), 0.12),
            between(p.get(CarBody.REAR_WINDOW + 1), p.get(CarBody.REAR_WINDOW), 0.12),
            between(p.get(CarBody.REAR_WINDOW + 1), p.get(CarBody.REAR_WINDOW), 0.85),
            between(p.get(CarBody.WINDSCREEN), p.get(CarBody.WINDSCREEN + 1), 0.85)
        };
        double[][] corners = new double[4][];
        for (int i = 0; i < 4; i++) {
            double inset = i == 0 || i == 3 ? 0.16 : -0.16;
            corners[i] = at(new Corner(shrunk[i].behind() + inset, shrunk[i].height()), towards);
        }
        return corners;
    }

    private void wheel(View view, double flank, int towards, double axle) {
        double centre = z + (oncoming ? axle : body.length() - axle);
        Canvas canvas = view.canvas();
        canvas.object(disc(view, flank, centre, 0.33), view.light().facing(RUBBER, z), SceneClass.CAR);
        canvas.detail(
                disc(view, flank + towards * 0.01, centre, 0.19),
                view.light().on(new Color(0x9a9ea2), towards, 0, 0, z));
        canvas.detail(
                disc(view, flank + towards * 0.01, centre, 0.07), view.light().facing(SILL, z));
    }

    private static Path2D disc(View view, double flank, double centre, double radius) {
        double[][] corners = new double[18][];
        for (int i = 0; i < corners.length; i++) {
            double angle = 2 * Math.PI * i / corners.length;
            corners[i] = point(flank, 0.33 + radius * Math.sin(angle), centre + radius * Math.cos(angle));
        }
        return view.camera().polygon(corners);
    }

    /** The end towards the camera: tyres, bumper, lights, number plate. */
    private void end(View view) {
        Canvas canvas = view.canvas();
        Camera camera = view.camera();
        Light light = view.light();
        double half = body.width() / 2;
        double top = oncoming ? body.bonnet() : body.boot();
        for (int s = -1; s <= 1; s += 2) {
            double outer = x + s * (half - 0.04);
            canvas.object(
                    camera.front(outer - s * 0.24, 0, outer, 0.36, z + 0.35), light.facing(RUBBER, z), SceneClass.CAR);
        }
        canvas.object(
                camera.front(x - half, 0.27, x + half, 0.46, z),
                light.facing(Colours.scale(paint, 0.62), z),
                SceneClass.CAR);
        boolean lit = light.lamps() > 0.4;
        Color lamp = oncoming ? new Color(0xf4f0dc) : new Color(0xb3161b);
        Color shine =
                lit ? Colours.mix(lamp, oncoming ? Color.WHITE : new Color(0xff3a30), 0.8) : light.facing(lamp, z);
        for (int s = -1; s <= 1; s += 2) {
            double outer = x + s * (half - 0.06);
            canvas.detail(camera.front(outer - s * 0.34, top - 0.2, outer, top - 0.03, z), shine);
        }
        if (oncoming) {
            canvas.detail(
                    camera.front(x - half * 0.45, top - 0.22, x + half * 0.45, top - 0.06, z), light.facing(SILL, z));
        }
        canvas.detail(camera.front(x - 0.26, 0.47, x + 0.26, 0.58, z), light.facing(new Color(0xe8e6da), z));
    }

    private Path2D quad(View view, Corner a, Corner b, double share) {
        double[] leftA = at(a, -share);
        double[] rightA = at(a, share);
        return view.camera().polygon(leftA, rightA, at(b, share), at(b, -share));
    }

    /** A point of the profile at the left (-1) or right (1) flank, or in between. */
    private double[] at(Corner corner, double across) {
        return point(x + across * half(corner.height()), corner.height(), z + along(corner));
    }

    /** Distance from the nearer end. */
    private double along(Corner corner) {
        return oncoming ? corner.behind() : body.length() - corner.behind();
    }

    /** Towards the camera is -1: the direction of a vertical panel at either end. */
    private double nearward(Corner corner) {
        return along(corner) < body.length() / 2 ? -1 : 1;
    }

    /** Half the width at that height: cabins narrow upwards. */
    private double half(double y) {
        return body.width() / 2 * (1 - 0.28 * Math.max(0, y - BELT));
    }

    private double roof() {
        return body.profile().get(CarBody.WINDSCREEN + 1).height();
    }

    private static Corner between(Corner a, Corner b, double t) {
        return new Corner(a.behind() + t * (b.behind() - a.behind()), a.height() + t * (b.height() - a.height()));
    }

    private static Color glass(View view, double depth, double sky) {
        Light light = view.light();
        return Colours.mix(light.at(GLASS, light.ambient() + 0.3, depth), light.low(), sky * 0.6);
    }
}
