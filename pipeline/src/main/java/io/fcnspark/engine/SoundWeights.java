package io.fcnspark.engine;

import io.fcnspark.weights.DataType;
import io.fcnspark.weights.Model;
import io.fcnspark.weights.ModelException;
import io.fcnspark.weights.NegligibleValues;
import io.fcnspark.weights.Tensor;
import io.fcnspark.weights.Weights;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/** Weights as engines get them: none is NaN or infinite, which would turn every score into NaN, and negligible ones are zero. */
final class SoundWeights {
    private SoundWeights() {}

    /**
     * Checks every weight. A tensor with negligible values is copied, outside the heap; others stay where they are.
     *
     * @throws ModelException that names the model, the tensor and the position of the first one that is not finite
     */
    static Weights of(Model model) {
        Map<String, Tensor> sound = new LinkedHashMap<>();
        String identity = model.description().identity();
        model.weights().tensors().forEach((name, tensor) -> sound.put(name, tensor(identity, name, tensor)));
        return new Weights(sound);
    }

    /** One tensor of the model of that identity, in the same way. */
    static Tensor tensor(String identity, String name, Tensor tensor) {
        ByteBuffer bytes = tensor.bytes();
        int size = tensor.dataType().bytes();
        ByteBuffer copy = null;
        for (int i = 0; i < bytes.limit(); i += size) {
            double value = value(tensor.dataType(), bytes, i);
            if (!Double.isFinite(value)) {
                throw new ModelException(
                        "model %s: value %d of tensor %s, of shape %s, is NaN or infinite; the weights are damaged or come"
                                        .formatted(identity, i / size, name, tensor.shape())
                                + " from a training that diverged: import or train them again");
            }
            if (NegligibleValues.includes(value)) {
                if (copy == null) {
                    copy = ByteBuffer.allocateDirect(bytes.limit()).put(bytes.duplicate());
                }
                copy.put(i, new byte[size]);
            }
        }
        return copy == null ? tensor : new Tensor(tensor.dataType(), tensor.shape(), copy.flip());
    }

    /** The value, or for fp16, whose smallest is not negligible, another that is as finite. */
    private static double value(DataType type, ByteBuffer bytes, int at) {
        return switch (type) {
            case F64 -> bytes.getDouble(at);
            case F32 -> bytes.getFloat(at);
            case F16 -> (bytes.getShort(at) & 0x7c00) == 0x7c00 ? Double.NaN : 1;
            case BF16 -> Float.intBitsToFloat(bytes.getShort(at) << 16);
        };
    }
}
