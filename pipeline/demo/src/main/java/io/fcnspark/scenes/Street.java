package io.fcnspark.scenes;

import java.util.random.RandomGenerator;

/**
 * How a street lies, in metres and in the coordinates of {@link Camera}: kerb to kerb the road, from there to the façades the
 * pavements, and perhaps a road that crosses.
 *
 * @param left, right where the kerbs are
 * @param leftWall, rightWall where the façades are
 * @param end where the street ends
 * @param crossing where the crossing road begins; beyond {@code end} if there is none
 * @param drivingSide 1 where traffic keeps to the right, -1 where it keeps to the left
 * @param parking width of the parking lane at each kerb; 0 without one
 */
record Street(
        double left,
        double right,
        double leftWall,
        double rightWall,
        double end,
        double crossing,
        int drivingSide,
        double parking) {

    /** From kerb to kerb of the road that crosses. */
    static final double CROSSING_WIDTH = 8;

    static Street draw(RandomGenerator random) {
        int drivingSide = random.nextInt(5) == 0 ? -1 : 1;
        double parking = random.nextInt(3) == 0 ? 0 : 2.1;
        double halfWidth = random.nextDouble(2.9, 3.9) + parking;
        double middle = -drivingSide * (halfWidth - parking) / 2 + random.nextDouble(-0.9, 0.9);
        double left = middle - halfWidth;
        double right = middle + halfWidth;
        double end = random.nextDouble(70, 150);
        double crossing = random.nextInt(5) < 2 ? random.nextDouble(12, 32) : 2 * end;
        return new Street(
                left,
                right,
                left - random.nextDouble(2.2, 5),
                right + random.nextDouble(2.2, 5),
                end,
                crossing,
                drivingSide,
                parking);
    }

    /** The line between the two directions of traffic. */
    double middle() {
        return (left + right) / 2;
    }

    /** Middle of the lane of that direction: 1 = away from the camera, -1 = towards it. */
    double lane(int direction) {
        return middle() + direction * drivingSide * (right - left - 2 * parking) / 4;
    }

    /** Whether the road that crosses, or a metre on either side of it, is there. */
    boolean crosses(double z) {
        return z > crossing - 4.5 && z < crossing + CROSSING_WIDTH + 1.5;
    }
}
