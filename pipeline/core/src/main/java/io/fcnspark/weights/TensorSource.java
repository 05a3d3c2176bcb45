package io.fcnspark.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.function.Supplier;

/**
 * A tensor that is made when it is written, so that a large model never has to be in memory as a whole.
 *
 * @param name for example {@code conv1_1.weight}
 * @param dataType format that the tensor will have
 * @param shape shape that the tensor will have
 * @param tensor makes the tensor; called once for each time it is written
 */
public record TensorSource(String name, DataType dataType, List<Integer> shape, Supplier<Tensor> tensor) {
    public TensorSource {
        shape = List.copyOf(shape);
    }

    /** A tensor that is there already. */
    public static TensorSource of(String name, Tensor tensor) {
        return new TensorSource(name, tensor.dataType(), tensor.shape(), () -> tensor);
    }

    /** All tensors of some weights, in their order. */
    public static List<TensorSource> of(Weights weights) {
        return weights.tensors().entrySet().stream()
                .map(entry -> of(entry.getKey(), entry.getValue()))
                .toList();
    }

    /** The same tensor in bf16, each value rounded to the nearest, to even if two are equally near: half the size of fp32. */
    public TensorSource inBf16() {
        return new TensorSource(name, DataType.BF16, shape, () -> {
            FloatBuffer values = make().floats();
            ByteBuffer bytes = ByteBuffer.allocateDirect(Math.multiplyExact(values.remaining(), DataType.BF16.bytes()))
                    .order(ByteOrder.LITTLE_ENDIAN);
            while (values.hasRemaining()) {
                bytes.putShort(HalfPrecision.toBf16(values.get()));
            }
            return new Tensor(DataType.BF16, shape, bytes.flip());
        });
    }

    /** Bytes that the tensor will have. */
    long byteSize() {
        return Math.multiplyExact(Tensor.size(shape), dataType.bytes());
    }

    /** Makes the tensor. */
    Tensor make() {
        Tensor made = tensor.get();
        if (made.dataType() != dataType || !made.shape().equals(shape)) {
            throw new IllegalStateException("%s was announced as %s %s, but is %s %s"
                    .formatted(name, dataType, shape, made.dataType(), made.shape()));
        }
        return made;
    }
}
