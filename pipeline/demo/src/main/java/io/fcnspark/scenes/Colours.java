package io.fcnspark.scenes;

import java.awt.Color;
import java.util.random.RandomGenerator;

/** Arithmetic on colours. */
final class Colours {
    private Colours() {}

    /** {@code t} = 0 gives {@code a}, 1 gives {@code b}. */
    static Color mix(Color a, Color b, double t) {
        return new Color(
                clamp(a.getRed() + t * (b.getRed() - a.getRed())),
                clamp(a.getGreen() + t * (b.getGreen() - a.getGreen())),
                clamp(a.getBlue() + t * (b.getBlue() - a.getBlue())));
    }

    static Color scale(Color colour, double factor) {
        return new Color(
                clamp(colour.getRed() * factor), clamp(colour.getGreen() * factor), clamp(colour.getBlue() * factor));
    }

    static Color transparent(Color colour, double alpha) {
        return new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), clamp(255 * alpha));
    }

    /** The colour a little lighter or darker, and a little off, by at most that share of the full range. */
    static Color vary(Color colour, double amount, RandomGenerator random) {
        double all = 255 * random.nextDouble(-amount, amount);
        double each = 255 * amount / 2;
        return new Color(
                clamp(colour.getRed() + all + random.nextDouble(-each, each)),
                clamp(colour.getGreen() + all + random.nextDouble(-each, each)),
                clamp(colour.getBlue() + all + random.nextDouble(-each, each)));
    }

    static Color pick(RandomGenerator random, int... colours) {
        return new Color(colours[random.nextInt(colours.length)]);
    }

    static int clamp(double value) {
        return (int) Math.max(0, Math.min(255, Math.round(value)));
    }
}
