package io.fcnspark.weights.formats;

import io.fcnspark.weights.DataType;
import io.fcnspark.weights.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/** A floating-point type of NumPy. */
record NumpyType(DataType dataType, ByteOrder order) {
    /** The type of a description such as {@code <f4}; empty for what is not floating-point. */
    static Optional<NumpyType> of(String description) {
        if (description.length() != 3) {
            return Optional.empty();
        }
        ByteOrder order = description.charAt(0) == '>' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        return switch (description.substring(1)) {
            case "f2" -> Optional.of(new NumpyType(DataType.F16, order));
            case "f4" -> Optional.of(new NumpyType(DataType.F32, order));
            case "f8" -> Optional.of(new NumpyType(DataType.F64, order));
            default -> Optional.empty();
        };
    }

    /** The tensor of these values, of which there are as many as the shape says. */
    Tensor tensor(ByteBuffer values, List<Integer> shape, boolean fortranOrder) {
        List<Long> strides = fortranOrder ? Strided.columnMajor(shape) : Strided.rowMajor(shape);
        return new Strided(dataType, values.duplicate().order(order), 0, shape, strides).toTensor();
    }
}
