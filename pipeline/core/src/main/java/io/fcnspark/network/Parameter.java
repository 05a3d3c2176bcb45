package io.fcnspark.network;

import java.util.List;

/**
 * A tensor of weights that a network needs.
 *
 * @param name layer name, a dot, and {@code weight} or {@code bias}, for example {@code conv1_1.weight}
 * @param shape {@code [out, in, k, k]} for a convolution (OIHW), {@code [in, out, k, k]} for a transposed convolution (as in
 *     Caffe, PyTorch and ONNX), {@code [out]} for a bias
 */
public record Parameter(String name, List<Integer> shape) {
    public Parameter {
        shape = List.copyOf(shape);
    }

    /** Number of values. */
    public long size() {
        return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
    }
}
