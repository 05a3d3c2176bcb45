package io.fcnspark.weights;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * Transposed convolutions that interpolate bilinearly, with which upsampling starts (paper section 3.3; the authors'
 * {@code surgery.py}).
 */
public final class BilinearKernel {
    private BilinearKernel() {}

    /**
     * The kernel {@code (1 - |y - c| / f) * (1 - |x - c| / f)} with {@code f = (size + 1) / 2} in whole numbers and {@code c =
     * f - 1} for an odd size, {@code f - 0.5} for an even one.
     *
     * @param size height and width, positive
     * @return {@code size * size} values, row by row
     */
    public static float[] values(int size) {
        if (size < 1) {
            throw new IllegalArgumentException("kernel size is " + size + ": expected at least 1");
        }
        int factor = (size + 1) / 2;
        double centre = size % 2 == 1 ? factor - 1 : factor - 0.5;
        float[] values = new float[Math.multiplyExact(size, size)];
        for (int y = 0; y < size; y++) {
            for (int x = 0; x < size; x++) {
                double row = 1 - Math.abs(y - centre) / factor;
                double column = 1 - Math.abs(x - centre) / factor;
                values[y * size + x] = (float) (row * column);
            }
        }
        return values;
    }

    /**
     * Weights of a transposed convolution that interpolates each channel by itself.
     *
     * @return shape {@code [channels, channels, size, size]}, fp32; {@link #values} from a channel to itself, zero elsewhere
     */
    public static Tensor diagonal(int channels, int size) {
        float[] kernel = values(size);
        List<Integer> shape = List.of(channels, channels, size, size);
        ByteBuffer bytes = Tensor.allocate(shape);
        FloatBuffer weights = bytes.asFloatBuffer();
        for (int channel = 0; channel < channels; channel++) {
            weights.put(channel * (channels + 1) * kernel.length, kernel);
        }
        return new Tensor(DataType.F32, shape, bytes);
    }
}
