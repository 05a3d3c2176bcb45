package io.fcnspark.weights;

/**
 * Normally distributed numbers from a seed, the same on every machine and in every version of Java: SplitMix64 (Steele, Lea,
 * Flood, "Fast splittable pseudorandom number generators", 2014) and the polar method (Marsaglia and Bray, 1964), in
 * operations that IEEE 754 and {@link StrictMath} define to the last bit.
 */
final class GaussianStream {
    private static final long GOLDEN_GAMMA = 0x9e37_79b9_7f4a_7c15L;

    private long state;
    private double spare;
    private boolean hasSpare;

    GaussianStream(long seed) {
        state = seed;
    }

    /** A seed for a part of what {@code seed} seeds: different parts have unrelated streams. */
    static long seed(long seed, String part) {
        long mixed = seed;
        for (int i = 0; i < part.length(); i++) {
            mixed = mix(mixed + GOLDEN_GAMMA + part.charAt(i));
        }
        return mixed;
    }

    /** The next number; mean 0, standard deviation 1. */
    double next() {
        if (hasSpare) {
            hasSpare = false;
            return spare;
        }
        double u;
        double v;
        double square;
        do {
            u = uniform();
            v = uniform();
            square = u * u + v * v;
        } while (square >= 1 || square == 0);
        double factor = Math.sqrt(-2 * StrictMath.log(square) / square);
        spare = v * factor;
        hasSpare = true;
        return u * factor;
    }

    /** From -1 to 1. */
    private double uniform() {
        state += GOLDEN_GAMMA;
        return (mix(state) >> 10) * 0x1p-53;
    }

    private static long mix(long z) {
        long first = (z ^ (z >>> 30)) * 0xbf58_476d_1ce4_e5b9L;
        long second = (first ^ (first >>> 27)) * 0x94d0_49bb_1331_11ebL;
        return second ^ (second >>> 31);
    }
}
