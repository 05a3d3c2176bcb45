package io.fcnspark.weights.formats;

import io.fcnspark.weights.Tensor;
import java.nio.FloatBuffer;
import java.util.Optional;

/**
 * A batch normalisation behind a convolution, as it computes after training: {@code (x - mean) / sqrt(variance + epsilon) * scale
 * + shift} for each channel. That is linear, so the convolution can do it all.
 *
 * @param mean one value a channel, as are the others
 * @param scale empty: 1
 * @param shift empty: 0
 */
record BatchNormalization(
        Tensor mean, Tensor variance, Optional<Tensor> scale, Optional<Tensor> shift, double epsilon) {
    /** Weight and bias of a convolution. */
    record Convolution(Tensor weight, Tensor bias) {}

    /** Whether all tensors have a value for each of so many channels. */
    boolean has(int channels) {
        return mean.size() == channels
                && variance.size() == channels
                && scale.stream().allMatch(tensor -> tensor.size() == channels)
                && shift.stream().allMatch(tensor -> tensor.size() == channels);
    }

    /**
     * The convolution, {@code [outputs, …]}, that computes what the given one and this normalisation compute together.
     *
     * @param bias empty: none
     */
    Convolution foldInto(Tensor weight, Optional<Tensor> bias) {
        int channels = weight.shape().get(0);
        double[] factors = new double[channels];
        float[] biases = new float[channels];
        FloatBuffer means = mean.floats();
        FloatBuffer variances = variance.floats();
        Optional<FloatBuffer> scales = scale.map(Tensor::floats);
        Optional<FloatBuffer> shifts = shift.map(Tensor::floats);
        Optional<FloatBuffer> given = bias.map(Tensor::floats);
        for (int channel = 0; channel < channels; channel++) {
            int c = channel;
            factors[c] = scales.map(values -> values.get(c)).orElse(1f) / Math.sqrt(variances.get(c) + epsilon);
            biases[c] =
                    (float) (factors[c] * (given.map(values -> values.get(c)).orElse(0f) - means.get(c))
                            + shifts.map(values -> values.get(c)).orElse(0f));
        }
        float[] weights = new float[Math.toIntExact(weight.size())];
        weight.floats().get(weights);
        int inputs = channels == 0 ? 0 : weights.length / channels;
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) (weights[i] * factors[i / inputs]);
        }
        return new Convolution(
                Tensor.of(weight.shape(), weights), Tensor.of(weight.shape().subList(0, 1), biases));
    }
}
