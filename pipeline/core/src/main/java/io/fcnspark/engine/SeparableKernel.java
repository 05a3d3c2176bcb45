package io.fcnspark.engine;

import io.fcnspark.weights.DiagonalKernel;
import io.fcnspark.weights.Tensor;
import java.util.Optional;

/**
 * The kernel of an upsampling that treats every class alike, mixes none, and works on rows and columns independently, as
 * bilinear interpolation does: {@code w(y, x) = vertical[y] * horizontal[x]}.
 */
record SeparableKernel(float[] vertical, float[] horizontal) {
    /** Largest deviation from a product of two vectors, relative to the kernel's largest value: some roundings of fp32. */
    private static final float TOLERANCE = 0x1p-20f;

    /**
     * The kernel of a transposed convolution's weights, if they are of this kind.
     *
     * @param weight {@code [classes, classes, k, k]}
     */
    static Optional<SeparableKernel> of(Tensor weight) {
        return DiagonalKernel.shared(weight)
                .flatMap(kernel -> factorise(kernel, weight.shape().get(2)));
    }

    private static Optional<SeparableKernel> factorise(float[] kernel, int size) {
        int pivot = 0;
        for (int i = 1; i < kernel.length; i++) {
            if (Math.abs(kernel[i]) > Math.abs(kernel[pivot])) {
                pivot = i;
            }
        }
        float largest = kernel[pivot];
        if (largest == 0) {
            return Optional.empty();
        }
        float[] vertical = new float[size];
        float[] horizontal = new float[size];
        for (int i = 0; i < size; i++) {
            vertical[i] = kernel[i * size + pivot % size] / largest;
            horizontal[i] = kernel[pivot - pivot % size + i];
        }
        for (int i = 0; i < kernel.length; i++) {
            float product = vertical[i / size] * horizontal[i % size];
            if (!(Math.abs(kernel[i] - product) <= TOLERANCE * Math.abs(largest))) {
                return Optional.empty();
            }
        }
        return Optional.of(new SeparableKernel(vertical, horizontal));
    }
}
