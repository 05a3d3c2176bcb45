package io.fcnspark.engine;

import io.fcnspark.weights.DataType;
import io.fcnspark.weights.Model;
import io.fcnspark.weights.ModelException;
import io.fcnspark.weights.Tensor;
import java.nio.ByteBuffer;

/** Finds weights that are NaN or infinite before they turn every score into NaN. */
final class FiniteWeights {
    private FiniteWeights() {}

    /**
     * Checks every weight.
     *
     * @throws ModelException that names the model, the tensor and the position of the first one that is not finite
     */
    static void require(Model model) {
        model.weights().tensors().forEach((name, tensor) -> {
            long index = firstNonFinite(tensor);
            if (index >= 0) {
                throw new ModelException(
                        "model %s: value %d of tensor %s, of shape %s, is NaN or infinite; the weights are damaged or come"
                                        .formatted(model.description().identity(), index, name, tensor.shape())
                                + " from a training that diverged: import or train them again");
            }
        });
    }

    private static long firstNonFinite(Tensor tensor) {
        ByteBuffer bytes = tensor.bytes();
        DataType type = tensor.dataType();
        for (int i = bytes.position(); i < bytes.limit(); i += type.bytes()) {
            if (!isFinite(type, bytes, i)) {
                return i / type.bytes();
            }
        }
        return -1;
    }

    /** A number is NaN or infinite if all bits of its exponent are set. */
    private static boolean isFinite(DataType type, ByteBuffer bytes, int at) {
        return switch (type) {
            case F64 -> Double.isFinite(bytes.getDouble(at));
            case F32 -> (bytes.getInt(at) & 0x7f80_0000) != 0x7f80_0000;
            case F16 -> (bytes.getShort(at) & 0x7c00) != 0x7c00;
            case BF16 -> (bytes.getShort(at) & 0x7f80) != 0x7f80;
        };
    }
}
