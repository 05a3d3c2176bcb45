package io.fcnspark.weights;

import io.fcnspark.network.Fcn;
import io.fcnspark.network.Parameter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Tensors by name, for example {@code conv1_1.weight}, in a fixed order. */
public record Weights(Map<String, Tensor> tensors) {
    public Weights {
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    }

    /**
     * The tensor of a name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public Tensor tensor(String name) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("there is no tensor '" + name + "'");
        }
        return tensor;
    }

    /**
     * Checks that these are the model's tensors: none missing, none left over, each of its shape, and of integers exactly where
     * the model is quantised.
     *
     * @throws ModelException with every difference, by name, with expected and found shape
     */
    void requireFit(Fcn network, Quantisation quantisation) {
        requireFit(network, quantisation, TensorSource.of(this));
    }

    /** Does the same for tensors that are not there yet. */
    static void requireFit(Fcn network, Quantisation quantisation, List<TensorSource> given) {
        List<Parameter> parameters = new ArrayList<>(network.parameters());
        parameters.addAll(quantisation.parameters(network));
        Set<String> integers =
                quantisation.layers().stream().map(layer -> layer + ".weight").collect(Collectors.toSet());
        List<String> problems = new ArrayList<>();
        Map<String, TensorSource> surplus = new LinkedHashMap<>();
        given.forEach(tensor -> surplus.put(tensor.name(), tensor));
        for (Parameter parameter : parameters) {
            TensorSource tensor = surplus.remove(parameter.name());
            if (tensor == null) {
                problems.add("%s is missing (expected shape %s)".formatted(parameter.name(), parameter.shape()));
            } else if (!tensor.shape().equals(parameter.shape())) {
                problems.add(
                        "%s has shape %s, expected %s".formatted(parameter.name(), tensor.shape(), parameter.shape()));
            } else if (integers.contains(parameter.name()) != (tensor.dataType() == DataType.I8)) {
                problems.add("%s has values of type %s, but its layer is %squantised"
                        .formatted(
                                parameter.name(),
                                tensor.dataType(),
                                integers.contains(parameter.name()) ? "" : "not "));
            }
        }
        surplus.forEach((name, tensor) ->
                problems.add("%s of shape %s is not part of the network".formatted(name, tensor.shape())));
        if (!problems.isEmpty()) {
            throw new ModelException("the weights do not fit %s with %d classes: %s"
                    .formatted(network.variant(), network.numClasses(), summary(problems)));
        }
    }

    private static String summary(List<String> problems) {
        int shown = Math.min(problems.size(), 5);
        String more = problems.size() > shown ? "; and %d more".formatted(problems.size() - shown) : "";
        return String.join("; ", problems.subList(0, shown)) + more;
    }
}
