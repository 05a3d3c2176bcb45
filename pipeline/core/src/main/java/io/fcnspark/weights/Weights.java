package io.fcnspark.weights;

import io.fcnspark.network.Fcn;
import io.fcnspark.network.Parameter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
     * Checks that these are the network's tensors: none missing, none left over, each of its shape.
     *
     * @throws ModelException with every difference, by name, with expected and found shape
     */
    public void requireFit(Fcn network) {
        Map<String, List<Integer>> shapes = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
        requireFit(network, shapes);
    }

    /** Does the same for tensors of which only the shapes are known yet. */
    static void requireFit(Fcn network, Map<String, List<Integer>> shapes) {
        List<String> problems = new ArrayList<>();
        Map<String, List<Integer>> surplus = new LinkedHashMap<>(shapes);
        for (Parameter parameter : network.parameters()) {
            List<Integer> shape = surplus.remove(parameter.name());
            if (shape == null) {
                problems.add("%s is missing (expected shape %s)".formatted(parameter.name(), parameter.shape()));
            } else if (!shape.equals(parameter.shape())) {
                problems.add("%s has shape %s, expected %s".formatted(parameter.name(), shape, parameter.shape()));
            }
        }
        surplus.forEach(
                (name, shape) -> problems.add("%s of shape %s is not part of the network".formatted(name, shape)));
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
