package io.fcnspark.scenes;

import java.util.ArrayList;
import java.util.List;

/**
 * The shape of a kind of car, in metres.
 *
 * @param width at the belt
 * @param frontAxle distance behind the front end
 * @param rearAxle distance behind the front end
 * @param profile from the front bumper over the roof to the rear bumper
 */
record CarBody(double width, double frontAxle, double rearAxle, List<Corner> profile) {
    /** The panel from this corner to the next is the windscreen. */
    static final int WINDSCREEN = 3;

    /** The panel from this corner to the next is the rear window. */
    static final int REAR_WINDOW = 5;

    private static final CarBody SEDAN = new CarBody(
            1.8,
            0.75,
            3.55,
            corners(
                    0, 0.3, 0, 0.72, 0.15, 0.82, 1.25, 0.95, 2.0, 1.42, 3.15, 1.43, 3.85, 1.0, 4.4, 0.94, 4.5, 0.75,
                    4.5, 0.3));
    private static final CarBody HATCHBACK = new CarBody(
            1.76,
            0.72,
            3.2,
            corners(
                    0, 0.3, 0, 0.74, 0.15, 0.86, 1.0, 0.98, 1.75, 1.5, 3.35, 1.52, 3.85, 1.05, 3.95, 0.98, 4.0, 0.8,
                    4.0, 0.3));
    private static final CarBody ESTATE = new CarBody(
            1.84,
            0.8,
            3.75,
            corners(
                    0, 0.34, 0, 0.82, 0.15, 0.95, 1.2, 1.06, 1.95, 1.62, 4.2, 1.66, 4.62, 1.12, 4.7, 1.02, 4.75, 0.8,
                    4.75, 0.34));
    private static final CarBody VAN = new CarBody(
            2.0,
            0.85,
            4.1,
            corners(
                    0, 0.36, 0, 0.9, 0.2, 1.08, 0.75, 1.2, 1.35, 2.2, 5.1, 2.35, 5.25, 1.3, 5.3, 1.0, 5.3, 0.8, 5.3,
                    0.36));

    /** By how often they are seen. */
    static final List<CarBody> ALL = List.of(SEDAN, HATCHBACK, HATCHBACK, ESTATE, ESTATE, VAN);

    /** A corner of the profile: distance behind the front end, and height. */
    record Corner(double behind, double height) {}

    double length() {
        return profile.get(profile.size() - 1).behind();
    }

    /** Height of the front end. */
    double bonnet() {
        return profile.get(1).height();
    }

    /** Height of the rear end. */
    double boot() {
        return profile.get(profile.size() - 2).height();
    }

    private static List<Corner> corners(double... numbers) {
        List<Corner> corners = new ArrayList<>();
        for (int i = 0; i < numbers.length; i += 2) {
            corners.add(new Corner(numbers[i], numbers[i + 1]));
        }
        return List.copyOf(corners);
    }
}
