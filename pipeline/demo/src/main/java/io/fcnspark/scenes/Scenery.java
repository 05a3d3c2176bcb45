package io.fcnspark.scenes;

import java.awt.Color;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;

/** Decides what stands where in a street. */
final class Scenery {
    /** What would be thinner than this is left out: nobody could tell what it is. In pixels. */
    private static final double THINNEST = 16;

    /** The same of a pole that carries a sign, which tells what it is. */
    private static final double THINNEST_WITH_SIGN = 12;

    /** Smallest scale at which there are cars, in pixels a metre: they are about 1.5 metres high. */
    private static final double SMALLEST_CARS = 22;

    /** Smallest height of a person, in pixels. */
    private static final double SHORTEST = 96;

    /** Of an adult, in metres. */
    private static final double PERSON_HEIGHT = 1.7;

    private final Street street;
    private final Camera camera;
    private final RandomGenerator random;

    Scenery(Street street, Camera camera, RandomGenerator random) {
        this.street = street;
        this.camera = camera;
        this.random = random;
    }

    /** Houses and the green between them, and what closes the street, the farthest first. */
    List<Thing> walls() {
        List<Thing> walls = new ArrayList<>();
        row(street.leftWall(), walls);
        row(street.rightWall(), walls);
        closeStreet(walls);
        walls.sort(Comparator.comparingDouble(Thing::z).reversed());
        return walls;
    }

    /** Cars, people, trees and poles, the farthest first. */
    List<Thing> things() {
        List<Thing> things = new ArrayList<>();
        traffic(things);
        for (int side = -1; side <= 1; side += 2) {
            furniture(side, things);
            people(side, things);
        }
        crossers(things);
        things.sort(Comparator.comparingDouble(Thing::z).reversed());
        return things;
    }

    private void row(double wall, List<Thing> walls) {
        double green = random.nextDouble(0.05, 0.4);
        double z = random.nextDouble(-12, 0);
        while (z < street.end()) {
            double length = random.nextDouble(7, 20);
            double gap = street.crossing() - 0.8;
            if (z < gap && z + length > gap) {
                length = gap - z;
            } else if (z >= gap && z < street.crossing() + Street.CROSSING_WIDTH + 2.5) {
                z = street.crossing() + Street.CROSSING_WIDTH + 2.5;
                continue;
            }
            if (length < 4 || random.nextDouble() < green) {
                garden(wall, z, z + length, walls);
            } else {
                walls.add(Building.draw(wall, z, length, random));
            }
            z += length + (random.nextInt(4) == 0 ? random.nextDouble(0.5, 3) : 0);
        }
    }

    private void garden(double wall, double near, double far, List<Thing> walls) {
        double side = Math.signum(wall);
        for (double z = Math.max(near, 2) + 0.6; z < far - 0.4; z += random.nextDouble(0.9, 1.7)) {
            walls.add(Tree.bush(wall + side * random.nextDouble(1.4, 2.2), z, random));
        }
        for (double z = Math.max(near, 4) + 2; z < far - 1; z += random.nextDouble(3, 6)) {
            walls.add(Tree.draw(wall + side * random.nextDouble(3.5, 7), z, random));
        }
    }

    private void closeStreet(List<Thing> walls) {
        double end = street.end();
        boolean park = random.nextInt(3) == 0;
        for (double x = street.leftWall() - 55; x < street.rightWall() + 55; ) {
            double width = random.nextDouble(6, 14);
            if (!park) {
                walls.add(new Block(x, x + width, end + 12, random.nextDouble(6, 20), blockColour()));
            }
            x += width;
        }
        for (double x = street.leftWall() - 40; x < street.rightWall() + 40; x += random.nextDouble(1.5, 2.6)) {
            walls.add(
                    park && random.nextInt(3) == 0
                            ? Tree.draw(x, end + random.nextDouble(2, 9), random)
                            : Tree.bush(x, end + random.nextDouble(0.5, 3), random));
        }
    }

    private Color blockColour() {
        return Colours.vary(Colours.pick(random, 0xbfae94, 0x9aa2a8, 0xa78570, 0xc9c2b4), 0.05, random);
    }

    private void traffic(List<Thing> things) {
        int[] directions = {1, -1};
        for (int direction : directions) {
            double z = random.nextDouble(direction > 0 ? 7 : 5, 26);
            double gap = random.nextDouble(5, 26);
            while (z < carsEnd()) {
                double x = street.lane(direction) + random.nextDouble(-0.25, 0.25);
                if (z > camera.nearestInView(x) * 0.75 && !street.crosses(z) && !street.crosses(z + 5)) {
                    things.add(Car.draw(x, z, direction < 0, random));
                }
                z += 6 + gap * random.nextDouble(0.5, 1.6);
            }
        }
        if (street.parking() > 0) {
            parked(street.left() + 1.02, -street.drivingSide() < 0, things);
            parked(street.right() - 1.02, street.drivingSide() < 0, things);
        }
    }

    private double carsEnd() {
        return Math.min(street.end() * 0.8, camera.focal() / SMALLEST_CARS);
    }

    private void parked(double x, boolean sameWay, List<Thing> things) {
        double density = random.nextDouble(0.3, 0.95);
        for (double z = random.nextDouble(2.5, 6); z < carsEnd(); z += 5.6) {
            if (random.nextDouble() < density
                    && z > camera.nearestInView(x) * 0.6
                    && !street.crosses(z)
                    && !street.crosses(z + 5)) {
                things.add(Car.draw(x, z, sameWay == street.drivingSide() > 0 && x < street.middle(), random));
            }
        }
    }

    private void furniture(int side, List<Thing> things) {
        double kerb = side < 0 ? street.left() - 0.65 : street.right() + 0.65;
        boolean trees = random.nextInt(3) > 0;
        double treeGap = random.nextDouble(7, 14);
        double start = camera.nearestInView(kerb);
        for (double z = start + random.nextDouble(0, 6); trees && z < street.end(); z += treeGap) {
            if (!street.crosses(z)) {
                things.add(Tree.draw(kerb + side * 0.1, z, random));
            }
        }
        double poleGap = random.nextDouble(3.5, 9);
        for (double z = start * 0.9 + random.nextDouble(0.3, 7); z < street.end(); z += poleGap) {
            addPole(kerb, z, Pole.Load.LAMP, -side, things);
        }
        double signGap = random.nextDouble(3, 7);
        for (double z = start * 0.9 + random.nextDouble(0.3, 5); z < street.end(); z += signGap) {
            addPole(kerb + side * 0.15, z, Pole.Load.SIGN, -side, things);
        }
        if (street.crossing() < street.end()) {
            addPole(kerb, street.crossing() - 4.7, Pole.Load.TRAFFIC_LIGHT, -side, things);
        }
    }

    private void addPole(double x, double z, Pole.Load load, int inward, List<Thing> things) {
        Pole pole = Pole.draw(x, z, load, inward, random);
        double thinnest = load == Pole.Load.LAMP ? THINNEST : THINNEST_WITH_SIGN;
        if (2 * pole.radius() * camera.scale(z) >= thinnest
                && z > 2.5
                && (load == Pole.Load.TRAFFIC_LIGHT || !street.crosses(z))) {
            things.add(pole);
        }
    }

    private void people(int side, List<Thing> things) {
        double inner = side < 0 ? street.left() - 1.1 : street.right() + 1.1;
        double outer = side < 0 ? street.leftWall() + 0.4 : street.rightWall() - 0.4;
        int count = random.nextInt(2, 9);
        for (int i = 0; i < count; i++) {
            double x = inner + (outer - inner) * random.nextDouble();
            double nearest = camera.nearestInView(x) * 0.95;
            double farthest = PERSON_HEIGHT * camera.focal() / SHORTEST;
            if (nearest < farthest) {
                double near = random.nextDouble();
                addPerson(x, nearest + (farthest - nearest) * near * near, things);
                if (random.nextInt(3) == 0) {
                    addPerson(x + 0.55, nearest + (farthest - nearest) * near * near + 0.1, things);
                }
            }
        }
    }

    /** Who crosses the road, wherever it pleases them. */
    private void crossers(List<Thing> things) {
        int count = random.nextInt(0, 4);
        double farthest = PERSON_HEIGHT * camera.focal() / SHORTEST;
        for (int i = 0; i < count; i++) {
            double x = random.nextDouble(street.left() + 0.4, street.right() - 0.4);
            double nearest = Math.max(4.5, camera.nearestInView(x));
            if (nearest < farthest) {
                addPerson(x, random.nextDouble(nearest, farthest), things);
            }
        }
    }

    private void addPerson(double x, double z, List<Thing> things) {
        if (z > 3 && PERSON_HEIGHT * camera.scale(z) >= SHORTEST) {
            things.add(Person.draw(x, z, random));
        }
    }
}
