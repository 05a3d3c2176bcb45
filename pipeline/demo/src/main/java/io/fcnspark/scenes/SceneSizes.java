package io.fcnspark.scenes;

import java.util.random.RandomGenerator;

/**
 * How large scenes are: each dimension is drawn from its range.
 *
 * @param minHeight in pixels, 64 to 4096
 * @param maxHeight in pixels, at least {@code minHeight}, up to 4096
 * @param minAspect least width per height, 0.5 to 4
 * @param maxAspect greatest width per height, at least {@code minAspect}, up to 4
 */
public record SceneSizes(int minHeight, int maxHeight, double minAspect, double maxAspect) {
    private static final int SMALLEST = 64;
    private static final int LARGEST = 4096;

    /** Varied sizes around 432 x 640 (height x width). */
    public static final SceneSizes VARIED = new SceneSizes(368, 496, 1.33, 1.6);

    public SceneSizes {
        if (minHeight < SMALLEST || maxHeight < minHeight || maxHeight > LARGEST) {
            throw new IllegalArgumentException(
                    "a scene of height %d to %d: expected %d to %d".formatted(minHeight, maxHeight, SMALLEST, LARGEST));
        }
        if (!(minAspect >= 0.5 && maxAspect >= minAspect && maxAspect <= 4)) {
            throw new IllegalArgumentException(
                    "a scene of %s to %s times its height in width: expected 0.5 to 4".formatted(minAspect, maxAspect));
        }
    }

    /**
     * One size.
     *
     * @param height in pixels, 64 to 4096
     * @param width in pixels, half to four times the height
     * @throws IllegalArgumentException if either is out of range
     */
    public static SceneSizes of(int height, int width) {
        return new SceneSizes(height, height, (double) width / height, (double) width / height);
    }

    Size draw(RandomGenerator random) {
        int height = random.nextInt(minHeight, maxHeight + 1);
        double aspect = minAspect == maxAspect ? minAspect : random.nextDouble(minAspect, maxAspect);
        return new Size((int) Math.round(height * aspect), height);
    }

    /** In pixels. */
    record Size(int width, int height) {}
}
