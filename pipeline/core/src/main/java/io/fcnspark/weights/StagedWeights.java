package io.fcnspark.weights;

import io.fcnspark.labels.ClassSet;
import io.fcnspark.network.Fcn;
import io.fcnspark.network.Layer;
import io.fcnspark.network.Layer.TransposedConvolution;
import io.fcnspark.network.Parameter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The weights that a stage of training begins with (paper, section 4.2): those of the stage before, and for layers that it did
 * not have, zero scores and bilinear upsampling. So FCN-16s begins where FCN-32s ended, and FCN-8s where FCN-16s ended.
 */
public final class StagedWeights {
    private StagedWeights() {}

    /**
     * What a network begins with.
     *
     * @param source the stage before, of the same backbone; may be the classifier's bundle, or a model of other classes, of which
     *     the layers that do not depend on the classes are taken
     * @throws ModelException if the source is quantised, or does not have all layers of the backbone in the network's shapes
     */
    public static Weights of(Model source, Fcn network, ClassSet classes) {
        source.requireReal("training");
        boolean sameClasses = source.description().classes().names().equals(classes.names());
        Map<String, TensorSource> fresh = RandomWeights.sources(network, 0, RandomWeights.ScoreLayers.ZERO).stream()
                .collect(Collectors.toMap(TensorSource::name, tensor -> tensor));
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Layer layer : network.layers()) {
            boolean scores = layer.name().startsWith("score_") || layer instanceof TransposedConvolution;
            for (Parameter parameter : Fcn.parameters(layer)) {
                Tensor given = source.weights().tensors().get(parameter.name());
                boolean fits = given != null && given.shape().equals(parameter.shape());
                if (fits && (sameClasses || !scores)) {
                    tensors.put(parameter.name(), given);
                } else if (scores) {
                    tensors.put(parameter.name(), fresh.get(parameter.name()).make());
                } else {
                    throw new ModelException("model %s cannot be the beginning of %s: %s is %s, expected shape %s"
                            .formatted(
                                    source.description().identity(),
                                    network.variant(),
                                    parameter.name(),
                                    given == null ? "missing" : "of shape " + given.shape(),
                                    parameter.shape()));
                }
            }
        }
        return new Weights(tensors);
    }
}
