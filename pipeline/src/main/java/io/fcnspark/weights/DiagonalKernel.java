package io.fcnspark.weights;

import java.nio.FloatBuffer;
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
        List<Integer> shape = weights.shape();
        if (shape.size() != 4) {
            throw new IllegalArgumentException("shape is " + shape + ": expected [in, out, k, k]");
        }
        int channels = shape.get(0);
        if (channels == 0 || shape.get(1) != channels) {
            return Optional.empty();
        }
        float[] kernel = new float[shape.get(2) * shape.get(3)];
        FloatBuffer values = weights.floats();
        values.get(kernel);
        FloatBuffer shared = FloatBuffer.wrap(kernel);
        FloatBuffer zeros = FloatBuffer.allocate(kernel.length);
        for (int in = 0; in < channels; in++) {
            for (int out = 0; out < channels; out++) {
                FloatBuffer block = values.slice((in * channels + out) * kernel.length, kernel.length);
                // Buffers compare numbers as numbers: -0 equals 0.
                if (!block.equals(in == out ? shared : zeros)) {
                    return Optional.empty();
                }
            }
        }
        return Optional.of(kernel);
    }
}
