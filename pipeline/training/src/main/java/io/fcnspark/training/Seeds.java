package io.fcnspark.training;

import java.util.SplittableRandom;

/** Seeds that are made of others, so that every step has its own, whatever ran before it. */
final class Seeds {
    private Seeds() {}

    static long of(long seed, long... parts) {
        long mixed = new SplittableRandom(seed).nextLong();
        for (long part : parts) {
            mixed = new SplittableRandom(mixed ^ part).nextLong();
        }
        return mixed;
    }
}
