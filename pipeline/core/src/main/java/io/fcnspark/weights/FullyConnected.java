package io.fcnspark.weights;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * Turns the weights of a fully connected layer over feature maps into those of the convolution that computes the same (paper
 * section 3.1): fc6 of VGG16, 25088 → 4096 on maps of 512x7x7, becomes 4096 filters of 512x7x7.
 */
public final class FullyConnected {
    /** Filters that are written side by side while transposing: as many floats as a cache line holds. */
    private static final int TILE = 16;

    private FullyConnected() {}

    /** How the layer's inputs were flattened, and with it the layout of its weights. */
    public enum FlattenOrder {
        /** Channels, rows, columns; weights are {@code [outputs, inputs]}: Caffe, PyTorch, ONNX. */
        CHW,
        /** Rows, columns, channels; weights are {@code [inputs, outputs]}: Keras, TensorFlow. */
        HWC
    }

    /**
     * Converts the weights.
     *
     * @param weights {@code [outputs, channels * height * width]} for {@link FlattenOrder#CHW}, {@code [height * width *
     *     channels, outputs]} for {@link FlattenOrder#HWC}
     * @param channels of the feature maps that the layer reads
     * @param height of those maps
     * @param width of those maps
     * @return shape {@code [outputs, channels, height, width]} (OIHW); a view of the same bytes where their order stays as it
     *     is, else a copy in fp32
     * @throws ModelException if the shape of the weights is another one
     */
    public static Tensor toConvolution(Tensor weights, FlattenOrder order, int channels, int height, int width) {
        int inputs = Math.multiplyExact(channels, Math.multiplyExact(height, width));
        int inputDimension = order == FlattenOrder.CHW ? 1 : 0;
        if (weights.shape().size() != 2 || weights.shape().get(inputDimension) != inputs) {
            String expected = order == FlattenOrder.CHW ? "[outputs, " + inputs + "]" : "[" + inputs + ", outputs]";
            throw new ModelException(
                    "weights of a fully connected layer have shape %s, not %s, as a layer on feature maps of %dx%dx%d flattened as %s has; choose the order and the network that they were made for"
                            .formatted(weights.shape(), expected, channels, height, width, order));
        }
        int outputs = weights.shape().get(1 - inputDimension);
        List<Integer> shape = List.of(outputs, channels, height, width);
        return switch (order) {
            case CHW -> new Tensor(weights.dataType(), shape, weights.bytes());
            case HWC -> {
                ByteBuffer bytes = Tensor.allocate(shape);
                transpose(weights.floats(), bytes.asFloatBuffer(), outputs, channels, height * width);
                yield new Tensor(DataType.F32, shape, bytes);
            }
        };
    }

    /** From {@code [pixels, channels, outputs]} to {@code [outputs, channels, pixels]}. */
    private static void transpose(FloatBuffer source, FloatBuffer target, int outputs, int channels, int pixels) {
        for (int tile = 0; tile < outputs; tile += TILE) {
            int end = Math.min(outputs, tile + TILE);
            for (int channel = 0; channel < channels; channel++) {
                for (int pixel = 0; pixel < pixels; pixel++) {
                    int from = (pixel * channels + channel) * outputs;
                    int to = channel * pixels + pixel;
                    for (int output = tile; output < end; output++) {
                        target.put(output * channels * pixels + to, source.get(from + output));
                    }
                }
            }
        }
    }
}
