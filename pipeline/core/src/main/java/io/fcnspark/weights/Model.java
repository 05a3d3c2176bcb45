package io.fcnspark.weights;

import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A network with its weights.
 *
 * @param weights exactly the tensors that the network, and how it is quantised, needs
 */
public record Model(ModelDescription description, Weights weights) {
    public Model {
        weights.requireFit(description.network(), description.quantisation());
    }

    /**
     * Checks that the weights are real numbers.
     *
     * @param purpose what they are for, as the subject of a sentence
     * @throws ModelException if this model is quantised
     */
    public void requireReal(String purpose) {
        if (description.quantisation().isPresent()) {
            throw new ModelException(
                    "model %s is quantised, and %s needs real weights: take the model that it was made from%s"
                            .formatted(
                                    description.identity(),
                                    purpose,
                                    Optional.ofNullable(description.provenance().get(Quantisation.FROM))
                                            .map(from -> ", " + from)
                                            .orElse("")));
        }
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
