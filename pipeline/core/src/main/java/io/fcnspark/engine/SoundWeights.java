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
import java.util.stream.IntStream;

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
        if (tensor.dataType() == DataType.I8 || areOrdinary(tensor)) {
            return tensor;
        }
        int size = tensor.dataType().bytes();
        ByteBuffer copy = null;
        float[] piece = new float[(int) Math.min(tensor.size(), CHECKED_AT_ONCE)];
        for (int start = 0; start < tensor.size(); start += piece.length) {
            int count = tensor.floats(start, piece);
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

    /** Whether all values are finite and none is negligible, found out by all processors: there may be 134 million of them. */
    private static boolean areOrdinary(Tensor tensor) {
        int parts = Runtime.getRuntime().availableProcessors();
        long part = (tensor.size() + parts - 1) / parts;
        return IntStream.range(0, parts)
                .parallel()
                .allMatch(i -> areOrdinary(
                        tensor, Math.min(i * part, tensor.size()), Math.min((i + 1) * part, tensor.size())));
    }

    private static boolean areOrdinary(Tensor tensor, long start, long end) {
        float[] piece = new float[(int) Math.min(end - start, CHECKED_AT_ONCE)];
        boolean ordinary = true;
        for (long from = start; ordinary && from < end; from += piece.length) {
            int count = (int) Math.min(tensor.floats((int) from, piece), end - from);
            for (int i = 0; i < count; i++) {
                ordinary &= Float.isFinite(piece[i]) && !NegligibleValues.includes(piece[i]);
            }
        }
        return ordinary;
    }
}
