package io.fcnspark.weights.formats;

import java.util.List;

/** Shapes as files state them. */
final class Dimensions {
    private Dimensions() {}

    /**
     * The dimensions as a shape.
     *
     * @throws io.fcnspark.weights.ModelException if one is negative or too large, or all together are
     */
    static List<Integer> check(SourceFile file, String tensor, List<Long> dimensions) {
        if (dimensions.stream().anyMatch(d -> d < 0 || d > Integer.MAX_VALUE)) {
            throw file.damaged("gives tensor '%s' the shape %s".formatted(tensor, dimensions));
        }
        List<Integer> shape = dimensions.stream().map(Math::toIntExact).toList();
        try {
            count(shape);
        } catch (ArithmeticException e) {
            throw file.damaged("gives tensor '%s' the shape %s, larger than any file".formatted(tensor, shape), e);
        }
        return shape;
    }

    /** Whether there is one value. */
    static boolean isSingle(List<Integer> shape) {
        return shape.stream().allMatch(d -> d == 1);
    }

    /** Number of values. */
    static long count(List<Integer> shape) {
        return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
    }
}
