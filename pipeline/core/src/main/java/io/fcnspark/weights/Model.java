package io.fcnspark.weights;

/**
 * A network with its weights.
 *
 * @param weights exactly the tensors that the network needs
 */
public record Model(ModelDescription description, Weights weights) {
    public Model {
        weights.requireFit(description.network());
    }
}
