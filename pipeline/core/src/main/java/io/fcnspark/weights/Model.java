package io.fcnspark.weights;

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
}
