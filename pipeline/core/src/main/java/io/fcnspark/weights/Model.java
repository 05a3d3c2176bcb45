package io.fcnspark.weights;

import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;

/**
 * A network with its weights.
 *
 * @param weights exactly the tensors that the network needs
 */
public record Model(ModelDescription description, Weights weights) {
    public Model {
        weights.requireFit(description.network());
    }

    /**
     * Whether no layer that scores classes has learned anything: all their weights are zero, as in a network that was just made from
     * a classifier. Every class has the same score then, and the first one wins.
     */
    public boolean isUntrained() {
        List<Tensor> scores = weights.tensors().entrySet().stream()
                .filter(tensor -> tensor.getKey().startsWith("score_"))
                .map(Map.Entry::getValue)
                .toList();
        return !scores.isEmpty() && scores.stream().allMatch(tensor -> isZero(tensor.floats()));
    }

    private static boolean isZero(FloatBuffer values) {
        while (values.hasRemaining()) {
            if (values.get() != 0) {
                return false;
            }
        }
        return true;
    }
}
