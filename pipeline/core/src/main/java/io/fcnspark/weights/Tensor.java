package io.fcnspark.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * Values of a layer's weights or biases, in row-major order (the last dimension runs fastest).
 *
 * @param dataType format of the values
 * @param shape dimensions; empty for a single value
 * @param bytes the values, little-endian, from position 0 to the limit; may be memory-mapped. The tensor owns it: callers get
 *     and give read-only views
 */
public record Tensor(DataType dataType, List<Integer> shape, ByteBuffer bytes) {
    private static final int CONVERTED_AT_ONCE = 1 << 14;

    public Tensor {
        shape = List.copyOf(shape);
        bytes = bytes.slice().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
        long expected = Math.multiplyExact(size(shape), dataType.bytes());
        if (bytes.remaining() != expected) {
            throw new IllegalArgumentException("a tensor of shape %s in %s has %d bytes, but %d were given"
                    .formatted(shape, dataType, expected, bytes.remaining()));
        }
    }

    /** A tensor of fp32 values. */
    public static Tensor of(List<Integer> shape, float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return new Tensor(DataType.F32, shape, bytes);
    }

    /**
     * Room for the fp32 values of a tensor of that shape, zeros, outside the heap: fc6 of VGG16 alone takes 411 MB.
     *
     * @throws ModelException if they take more than 2<sup>31</sup> − 1 bytes
     */
    static ByteBuffer allocate(List<Integer> shape) {
        long bytes = Math.multiplyExact(size(shape), Float.BYTES);
        if (bytes > Integer.MAX_VALUE) {
            throw new ModelException(
                    "a tensor of shape %s has %d bytes, more than the %d that one may have; take a narrower network or fewer classes"
                            .formatted(shape, bytes, Integer.MAX_VALUE));
        }
        return ByteBuffer.allocateDirect((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Number of values. */
    public long size() {
        return size(shape);
    }

    /** A view of the bytes with its own position, little-endian. */
    @Override
    public ByteBuffer bytes() {
        return bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The values in fp32: a view where they are fp32 already, a converted copy outside the heap otherwise. */
    public FloatBuffer floats() {
        if (dataType == DataType.F32) {
            return bytes().asFloatBuffer();
        }
        FloatBuffer values = allocate(shape).asFloatBuffer();
        float[] piece = new float[(int) Math.min(size(), CONVERTED_AT_ONCE)];
        while (values.hasRemaining()) {
            values.put(piece, 0, floats(values.position(), piece));
        }
        return values.flip();
    }

    /**
     * Copies values in fp32.
     *
     * @param from index of the first
     * @param target receives as many as it has room for and as there are
     * @return how many
     */
    public int floats(int from, float[] target) {
        int count = (int) Math.min(target.length, size() - from);
        ByteBuffer source = bytes().position(from * dataType.bytes());
        if (dataType == DataType.F32) {
            source.asFloatBuffer().get(target, 0, count);
            return count;
        }
        for (int i = 0; i < count; i++) {
            target[i] = switch (dataType) {
                case F64 -> (float) source.getDouble();
                case F32 -> throw new IllegalStateException("fp32 needs no conversion");
                case F16 -> HalfPrecision.toFloat(source.getShort());
                case BF16 -> Float.intBitsToFloat(source.getShort() << 16);
                case I8 -> source.get();
            };
        }
        return count;
    }

    /** Number of values of a shape. */
    static long size(List<Integer> shape) {
        long size = 1;
        for (int dimension : shape) {
            if (dimension < 0) {
                throw new IllegalArgumentException("shape " + shape + " has a negative dimension");
            }
            size = Math.multiplyExact(size, dimension);
        }
        return size;
    }
}
