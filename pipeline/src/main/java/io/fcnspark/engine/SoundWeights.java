package io.fcnspark.engine;

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
    private static final int CHECKED_AT_ONCE = 1 << 14;

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
        int size = tensor.dataType().bytes();
        ByteBuffer copy = null;
        float[] piece = new float[(int) Math.min(tensor.size(), CHECKED_AT_ONCE)];
        for (int start = 0; start < tensor.size(); start += piece.length) {
            int count = tensor.floats(start, piece);
            if (areOrdinary(piece, count)) {
                continue;
            }
            for (int i = 0; i < count; i++) {
                if (!Float.isFinite(piece[i])) {
                    throw new ModelException(
                            "model %s: value %d of tensor %s, of shape %s, is NaN or infinite; the weights are damaged or come"
                                            .formatted(identity, start + i, name, tensor.shape())
                                    + " from a training that diverged: import or train them again");
                }
                if (NegligibleValues.includes(piece[i])) {
                    if (copy == null) {
                        copy = ByteBuffer.allocateDirect(tensor.bytes().remaining())
                                .put(tensor.bytes());
                    }
                    copy.put((start + i) * size, new byte[size]);
                }
            }
        }
        return copy == null ? tensor : new Tensor(tensor.dataType(), tensor.shape(), copy.flip());
    }

    /** Whether all values are finite and none is negligible: a loop that takes little time, as there are 134 million of them. */
    private static boolean areOrdinary(float[] values, int count) {
        boolean ordinary = true;
        for (int i = 0; i < count; i++) {
            float magnitude = Math.abs(values[i]);
            ordinary &= magnitude == 0 || (magnitude >= NegligibleValues.LIMIT && magnitude <= Float.MAX_VALUE);
        }
        return ordinary;
    }
}
