package io.fcnspark.weights.formats;

import io.fcnspark.weights.DataType;
import io.fcnspark.weights.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Values that lie in memory in some other order than row-major: transposed, in Fortran's order, in HWIO, or big-endian.
 *
 * @param bytes the values, in the byte order that the buffer is set to
 * @param offset index of the first value
 * @param shape of the tensor that is wanted
 * @param strides for each dimension, how many values on its next element lies; not negative
 */
record Strided(DataType dataType, ByteBuffer bytes, long offset, List<Integer> shape, List<Long> strides) {
    /** Values of a block: what a line of cache holds in fp32. */
    private static final int BLOCK = 16;

    Strided {
        shape = List.copyOf(shape);
        strides = List.copyOf(strides);
        if (shape.size() != strides.size()) {
            throw new IllegalArgumentException("shape %s with strides %s".formatted(shape, strides));
        }
    }

    /** The tensor whose dimension i is the given tensor's dimension {@code axes[i]}. */
    static Strided transpose(Tensor tensor, int... axes) {
        List<Long> strides = rowMajor(tensor.shape());
        return new Strided(
                tensor.dataType(),
                tensor.bytes(),
                0,
                IntStream.of(axes).mapToObj(tensor.shape()::get).toList(),
                IntStream.of(axes).mapToObj(strides::get).toList());
    }

    /** Strides of values of which the last dimension runs fastest. */
    static List<Long> rowMajor(List<Integer> shape) {
        Long[] strides = new Long[shape.size()];
        long stride = 1;
        for (int i = strides.length - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= shape.get(i);
        }
        return List.of(strides);
    }

    /** Strides of values of which the first dimension runs fastest. */
    static List<Long> columnMajor(List<Integer> shape) {
        Long[] strides = new Long[shape.size()];
        long stride = 1;
        for (int i = 0; i < strides.length; i++) {
            strides[i] = stride;
            stride *= shape.get(i);
        }
        return List.of(strides);
    }

    /** Number of values between the first and the last that the tensor reaches, plus one; 0 if it has none. */
    long extent() {
        long last = 0;
        for (int i = 0; i < shape.size(); i++) {
            if (shape.get(i) == 0) {
                return 0;
            }
            last = Math.addExact(last, Math.multiplyExact(shape.get(i) - 1L, strides.get(i)));
        }
        return last + 1;
    }

    /** The tensor: a view where the values lie in its order already, a copy outside the heap otherwise. */
    Tensor toTensor() {
        int width = dataType.bytes();
        long count = shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
        if (strides.equals(rowMajor(shape)) && bytes.order() == ByteOrder.LITTLE_ENDIAN) {
            return new Tensor(
                    dataType, shape, bytes.slice(Math.toIntExact(offset * width), Math.toIntExact(count * width)));
        }
        ByteBuffer target =
                ByteBuffer.allocateDirect(Math.toIntExact(count * width)).order(ByteOrder.LITTLE_ENDIAN);
        if (count > 0) {
            copy(target);
        }
        return new Tensor(dataType, shape, target);
    }

    /**
     * Copies block by block of the dimension along which the source runs fastest: so a line of the processor's cache is used up
     * once it has been fetched, and the target is written in as many streams as a block has values.
     */
    private void copy(ByteBuffer target) {
        int fastest = fastestAxis();
        for (int begin = 0; begin < size(fastest); begin += BLOCK) {
            copy(0, fastest, begin, Math.min(begin + BLOCK, size(fastest)), offset, 0, target);
        }
    }

    private int fastestAxis() {
        return IntStream.range(0, shape.size())
                .boxed()
                .filter(axis -> shape.get(axis) > 1)
                .min(Comparator.comparing(strides::get))
                .orElse(shape.size());
    }

    private int size(int axis) {
        return axis < shape.size() ? shape.get(axis) : 1;
    }

    /** Copies the block for all indices of the dimensions from {@code axis} on. */
    private void copy(int axis, int blocked, int begin, int end, long source, long position, ByteBuffer target) {
        if (axis == shape.size()) {
            copyBlock(blocked, begin, end, source, position, target);
            return;
        }
        if (axis == blocked) {
            copy(axis + 1, blocked, begin, end, source, position, target);
            return;
        }
        long stride = strides.get(axis);
        long targetStride = targetStride(axis);
        for (int i = 0; i < shape.get(axis); i++) {
            copy(axis + 1, blocked, begin, end, source + i * stride, position + i * targetStride, target);
        }
    }

    private void copyBlock(int axis, int begin, int end, long source, long position, ByteBuffer target) {
        int width = dataType.bytes();
        int stride = axis < shape.size() ? (int) (strides.get(axis) * width) : 0;
        int targetStride = axis < shape.size() ? (int) (targetStride(axis) * width) : 0;
        int from = (int) (source * width) + begin * stride;
        int to = (int) (position * width) + begin * targetStride;
        for (int i = begin; i < end; i++, from += stride, to += targetStride) {
            switch (width) {
                case 2 -> target.putShort(to, bytes.getShort(from));
                case 4 -> target.putInt(to, bytes.getInt(from));
                default -> target.putLong(to, bytes.getLong(from));
            }
        }
    }

    private long targetStride(int axis) {
        long stride = 1;
        for (int i = axis + 1; i < shape.size(); i++) {
            stride *= shape.get(i);
        }
        return stride;
    }
}
