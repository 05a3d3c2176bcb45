package io.fcnspark.metrics;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * Sums of {@link BoundaryF1} over images. A commutative monoid, exact in every order, as {@link MetricsState} is: values are
 * rounded to multiples of 2^-32.
 */
public final class BoundaryState implements Serializable {
    private static final long serialVersionUID = 1;

    private static final double UNIT = 0x1p-32;

    private final long[] images;
    private final long[] sums;

    private BoundaryState(long[] images, long[] sums) {
        this.images = images;
        this.sums = sums;
    }

    /** No image at all. */
    public static BoundaryState zero(int numClasses) {
        return new BoundaryState(new long[numClasses], new long[numClasses]);
    }

    /** The state of one image. */
    public static BoundaryState ofImage(int numClasses, List<BoundaryF1> values) {
        BoundaryState state = zero(numClasses);
        for (BoundaryF1 f1 : values) {
            state.images[f1.classId()]++;
            state.sums[f1.classId()] += Math.round(f1.value() / UNIT);
        }
        return state;
    }

    /** The state of both sets of images together. */
    public BoundaryState plus(BoundaryState other) {
        if (images.length != other.images.length) {
            throw new IllegalArgumentException(
                    "boundary F1 of %d and of %d classes do not add up".formatted(images.length, other.images.length));
        }
        long[] sumOfImages = new long[images.length];
        long[] sumOfSums = new long[images.length];
        for (int i = 0; i < images.length; i++) {
            sumOfImages[i] = images[i] + other.images[i];
            sumOfSums[i] = Math.addExact(sums[i], other.sums[i]);
        }
        return new BoundaryState(sumOfImages, sumOfSums);
    }

    /** Mean over the images in which the class has a contour, in truth or prediction; empty if there is none. */
    public OptionalDouble ofClass(int id) {
        return images[id] == 0 ? OptionalDouble.empty() : OptionalDouble.of(sums[id] * UNIT / images[id]);
    }

    /** Mean over the classes that have a value. */
    public OptionalDouble mean() {
        return IntStream.range(0, images.length)
                .mapToObj(this::ofClass)
                .flatMapToDouble(OptionalDouble::stream)
                .average();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BoundaryState state
                && Arrays.equals(images, state.images)
                && Arrays.equals(sums, state.sums);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(images) + Arrays.hashCode(sums);
    }
}
