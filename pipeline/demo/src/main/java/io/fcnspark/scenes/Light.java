package io.fcnspark.scenes;

import java.awt.Color;
import java.util.random.RandomGenerator;

/**
 * The light of a time of day.
 *
 * @param zenith colour of the sky above
 * @param low colour of the sky at the horizon, and of the haze in the distance
 * @param tint colour of the light
 * @param ambient brightness of a surface that the sun does not reach, 1 = its own colour
 * @param sun what a surface that faces the sun gets on top
 * @param sunX, sunY, sunZ direction towards the sun, of length 1
 * @param shadow how dark a shadow on the ground is, 0 … 1
 * @param haze distance over which two thirds of a colour are lost, in metres
 * @param lamps how brightly lamps and windows shine, 0 … 1
 * @param clouds share of the sky that they cover, 0 … 1
 */
record Light(
        Color zenith,
        Color low,
        Color tint,
        double ambient,
        double sun,
        double sunX,
        double sunY,
        double sunZ,
        double shadow,
        double haze,
        double lamps,
        double clouds) {

    static Light draw(RandomGenerator random) {
        double azimuth = random.nextDouble(2 * Math.PI);
        double clouds = random.nextDouble(0.1, 0.65);
        return switch (random.nextInt(8)) {
            case 0, 1, 2 -> sunny(random, azimuth, clouds);
            case 3, 4 -> low(random, azimuth, clouds);
            case 5, 6 -> overcast(random);
            default -> dusk(random, clouds);
        };
    }

    private static Light sunny(RandomGenerator random, double azimuth, double clouds) {
        return towards(
                azimuth,
                Math.toRadians(random.nextDouble(35, 65)),
                new Light(
                        Colours.vary(new Color(0x3f7fc4), 0.06, random),
                        Colours.vary(new Color(0xc4dcee), 0.04, random),
                        new Color(0xfffaf0),
                        random.nextDouble(0.56, 0.68),
                        random.nextDouble(0.42, 0.55),
                        0,
                        1,
                        0,
                        random.nextDouble(0.38, 0.52),
                        random.nextDouble(130, 300),
                        0,
                        clouds));
    }

    private static Light low(RandomGenerator random, double azimuth, double clouds) {
        return towards(
                azimuth,
                Math.toRadians(random.nextDouble(14, 28)),
                new Light(
                        Colours.vary(new Color(0x5d86b8), 0.08, random),
                        Colours.vary(new Color(0xf6d2a4), 0.05, random),
                        new Color(0xffe6c0),
                        random.nextDouble(0.5, 0.62),
                        random.nextDouble(0.4, 0.55),
                        0,
                        1,
                        0,
                        random.nextDouble(0.34, 0.46),
                        random.nextDouble(90, 180),
                        0,
                        clouds));
    }

    private static Light overcast(RandomGenerator random) {
        return new Light(
                Colours.vary(new Color(0xa4aeb9), 0.05, random),
                Colours.vary(new Color(0xd6dade), 0.04, random),
                new Color(0xf2f5fa),
                random.nextDouble(0.74, 0.86),
                0.08,
                0,
                1,
                0,
                0.1,
                random.nextDouble(60, 160),
                random.nextDouble(0, 0.25),
                random.nextDouble(0.7, 0.95));
    }

    private static Light dusk(RandomGenerator random, double clouds) {
        return new Light(
                Colours.vary(new Color(0x2c3a63), 0.08, random),
                Colours.vary(new Color(0xd99a86), 0.1, random),
                new Color(0xc9c4e0),
                random.nextDouble(0.46, 0.58),
                0.06,
                0,
                1,
                0,
                0.12,
                random.nextDouble(110, 200),
                random.nextDouble(0.7, 1),
                clouds);
    }

    private static Light towards(double azimuth, double elevation, Light light) {
        return new Light(
                light.zenith,
                light.low,
                light.tint,
                light.ambient,
                light.sun,
                Math.cos(elevation) * Math.sin(azimuth),
                Math.sin(elevation),
                Math.cos(elevation) * Math.cos(azimuth),
                light.shadow,
                light.haze,
                light.lamps,
                light.clouds);
    }

    /** The colour of a surface of that normal and distance. */
    Color on(Color surface, double normalX, double normalY, double normalZ, double z) {
        double facing = Math.max(0, normalX * sunX + normalY * sunY + normalZ * sunZ);
        return at(surface, ambient + sun * facing, z);
    }

    /** The colour of a surface that faces the camera. */
    Color facing(Color surface, double z) {
        return on(surface, 0, 0.3, -0.95, z);
    }

    /** A colour under this light at a brightness and distance. */
    Color at(Color surface, double brightness, double z) {
        Color lit = new Color(
                Colours.clamp(surface.getRed() * brightness * tint.getRed() / 255),
                Colours.clamp(surface.getGreen() * brightness * tint.getGreen() / 255),
                Colours.clamp(surface.getBlue() * brightness * tint.getBlue() / 255));
        return Colours.mix(lit, low, 1 - Math.exp(-z / haze));
    }

    /** How far the shadow of something one metre high reaches to the right, in metres. */
    double shadowX() {
        return -sunX / sunY;
    }

    /** How far the shadow of something one metre high reaches ahead, in metres. */
    double shadowZ() {
        return -sunZ / sunY;
    }
}
