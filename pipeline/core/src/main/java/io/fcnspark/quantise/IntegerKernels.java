package io.fcnspark.quantise;

import io.fcnspark.weights.DataType;
import io.fcnspark.weights.Tensor;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The kernels of a convolution in integers.
 *
 * @param integers of -127 to 127, of the shape of the weights
 * @param scales what a step is worth in each output channel
 * @param bias the convolution's own, less what rounding the weights adds to the mean of each output channel
 */
record IntegerKernels(Tensor integers, Tensor scales, Tensor bias) {
    private static final int GREATEST = 127;

    /** Parts of a channel's greatest weight that are tried as the greatest one to be held: others are clipped. */
    private static final float[] CANDIDATES = {1, 0.95f, 0.9f, 0.85f, 0.8f, 0.75f, 0.7f, 0.6f};

    private static final float LEAST_SCALE = 0x1p-60f;

    /**
     * Quantises, each output channel with the scale that makes the sum of the squares of its errors the least.
     *
     * @param means of the channels that the convolution reads
     */
    static IntegerKernels of(Tensor weights, Tensor bias, double[] means) {
        int channels = weights.shape().get(0);
        int size = Math.toIntExact(weights.size() / channels);
        int area = size / means.length;
        ByteBuffer integers = ByteBuffer.allocateDirect(Math.toIntExact(weights.size()));
        float[] scales = new float[channels];
        float[] corrected = new float[channels];
        FloatBuffer biases = bias.floats();
        IntStream.range(0, channels).parallel().forEach(o -> {
            float[] kernel = new float[size];
            weights.floats(o * size, kernel);
            float scale = scale(kernel);
            byte[] row = new byte[size];
            double shift = 0;
            for (int i = 0; i < size; i++) {
                int integer = integer(kernel[i], scale);
                row[i] = (byte) integer;
                shift += (kernel[i] - (double) integer * scale) * means[i / area];
            }
            integers.put(o * size, row);
            scales[o] = scale;
            corrected[o] = (float) (biases.get(o) + shift);
        });
        return new IntegerKernels(
                new Tensor(DataType.I8, weights.shape(), integers),
                Tensor.of(List.of(channels), scales),
                Tensor.of(List.of(channels), corrected));
    }

    private static float scale(float[] kernel) {
        float greatest = 0;
        for (float weight : kernel) {
            greatest = Math.max(greatest, Math.abs(weight));
        }
        float best = Math.max(LEAST_SCALE, greatest / GREATEST);
        double least = Double.POSITIVE_INFINITY;
        for (float candidate : CANDIDATES) {
            float scale = Math.max(LEAST_SCALE, greatest * candidate / GREATEST);
            double error = 0;
            for (float weight : kernel) {
                double difference = weight - integer(weight, scale) * scale;
                error += difference * difference;
            }
            if (error < least) {
                least = error;
                best = scale;
            }
        }
        return best;
    }

    private static int integer(float weight, float scale) {
        return Math.max(-GREATEST, Math.min(GREATEST, Math.round(weight / scale)));
    }
}
