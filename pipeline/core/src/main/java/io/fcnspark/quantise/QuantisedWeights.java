package io.fcnspark.quantise;

import io.fcnspark.network.Fcn;
import io.fcnspark.network.Layer.Convolution;
import io.fcnspark.weights.Model;
import io.fcnspark.weights.ModelDescription;
import io.fcnspark.weights.Quantisation;
import io.fcnspark.weights.Tensor;
import io.fcnspark.weights.Weights;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The weights of a model in integers.
 *
 * @param clipping how ranges of activations were chosen
 * @param scoreError the scores' differences from those in fp32: root of the mean square, as part of that of the scores themselves
 */
public record QuantisedWeights(Quantisation quantisation, Weights weights, Clipping clipping, double scoreError) {
    /** The description of a model with these weights. */
    public ModelDescription describe(ModelDescription real, String sha256, Map<String, String> provenance) {
        return describe(real, quantisation, sha256, provenance);
    }

    private static ModelDescription describe(
            ModelDescription real, Quantisation quantisation, String sha256, Map<String, String> provenance) {
        return new ModelDescription(
                real.name() + "-int8",
                real.architecture(),
                real.classes(),
                real.preprocessing(),
                sha256,
                quantisation,
                provenance);
    }

    /** A model with these weights, that is not saved yet. */
    public Model model(Model real) {
        return new Model(describe(real.description(), "0".repeat(64), Map.of()), weights);
    }

    /** A model of which only one layer is quantised, as it is here. */
    public Model only(String layer, Model real) {
        Fcn network = real.description().network();
        String source = Quantisation.source(network.layers(), (Convolution) network.layer(layer));
        Quantisation alone = new Quantisation(
                List.of(layer), Map.of(source, quantisation.scale(source).orElseThrow()));
        Map<String, Tensor> tensors = new LinkedHashMap<>(real.weights().tensors());
        for (String name : List.of(layer + ".weight", layer + ".bias", Quantisation.weightScale(layer))) {
            tensors.put(name, weights.tensor(name));
        }
        return new Model(describe(real.description(), alone, "0".repeat(64), Map.of()), new Weights(tensors));
    }
}
