package io.fcnspark.weights;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Tells whether a transposed convolution treats each channel by itself and all alike, as bilinear upsampling does. An engine
 * can then do with one kernel what the dense tensor says with channels² of them.
 */
public final class DiagonalKernel {
    private DiagonalKernel() {}

    /**
     * The one kernel of a tensor that has the same kernel from every channel to itself, and zeros from any channel to another.
     *
     * @param weights shape {@code [in, out, k, k]}
     * @return {@code k * k} values row by row; empty if the tensor mixes channels, or treats them differently
     */
    public static Optional<float[]> shared(Tensor weights) {
        return perChannel(weights).flatMap(kernels -> {
            int size = kernels.length / weights.shape().get(0);
            FloatBuffer all = FloatBuffer.wrap(kernels);
            FloatBuffer first = all.slice(0, size);
            for (int channel = 1; channel < weights.shape().get(0); channel++) {
                if (!all.slice(channel * size, size).equals(first)) {
                    return Optional.empty();
                }
            }
            return Optional.of(Arrays.copyOf(kernels, size));
        });
    }

    /**
     * The kernels of a tensor from each channel to itself, if there are zeros from any channel to another.
     *
     * @param weights shape {@code [in, out, k, k]}
     * @return {@code channels * k * k} values, channel by channel, row by row; empty if the tensor mixes channels
     */
    public static Optional<float[]> perChannel(Tensor weights) {
        List<Integer> shape = weights.shape();
        if (shape.size() != 4) {
            throw new IllegalArgumentException("shape is " + shape + ": expected [in, out, k, k]");
        }
        int channels = shape.get(0);
        if (channels == 0 || shape.get(1) != channels) {
            return Optional.empty();
        }
        int size = shape.get(2) * shape.get(3);
        FloatBuffer values = weights.floats();
        FloatBuffer zeros = FloatBuffer.allocate(size);
        float[] kernels = new float[channels * size];
        for (int in = 0; in < channels; in++) {
            for (int out = 0; out < channels; out++) {
                int start = (in * channels + out) * size;
                if (in == out) {
                    values.get(start, kernels, in * size, size);
                } else if (!values.slice(start, size).equals(zeros)) { // Numbers as numbers: -0 equals 0.
                    return Optional.empty();
                }
            }
        }
        return Optional.of(kernels);
    }
}
