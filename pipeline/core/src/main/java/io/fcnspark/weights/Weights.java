package io.fcnspark.weights;

import io.fcnspark.network.Fcn;
import io.fcnspark.network.Parameter;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
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
     * The same weights as real numbers.
     *
     * @param quantisation of the model that they belong to
     */
    public Weights dequantised(Quantisation quantisation) {
        Map<String, Tensor> real = new LinkedHashMap<>(tensors);
        for (String layer : quantisation.layers()) {
            String weight = layer + ".weight";
            Tensor scales = real.remove(Quantisation.weightScale(layer));
            real.put(weight, dequantised(tensor(weight), scales));
        }
        return new Weights(real);
    }

    private static Tensor dequantised(Tensor integers, Tensor scales) {
        ByteBuffer bytes = Tensor.allocate(integers.shape());
        FloatBuffer values = bytes.asFloatBuffer();
        float[] channel = new float[Math.toIntExact(integers.size() / scales.size())];
        FloatBuffer factors = scales.floats();
        for (int o = 0; o < factors.limit(); o++) {
            integers.floats(o * channel.length, channel);
            float factor = factors.get(o);
            for (int i = 0; i < channel.length; i++) {
                channel[i] *= factor;
            }
            values.put(channel);
        }
        return new Tensor(DataType.F32, integers.shape(), bytes);
    }

    /**
     * Checks that these are the model's tensors: none missing, none left over, each of its shape, and of integers exactly where
     * the model is quantised.
     *
     * @throws ModelException with every difference, by name, with expected and found shape
     */
    void requireFit(Fcn network, Quantisation quantisation) {
        Map<String, List<Integer>> shapes = new LinkedHashMap<>();
        Map<String, DataType> types = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> {
            shapes.put(name, tensor.shape());
            types.put(name, tensor.dataType());
        });
        requireFit(network, quantisation, shapes, types);
    }

    /** Does the same for tensors that are not there yet. */
    static void requireFit(
            Fcn network, Quantisation quantisation, Map<String, List<Integer>> shapes, Map<String, DataType> types) {
        List<Parameter> parameters = new ArrayList<>(network.parameters());
        parameters.addAll(quantisation.parameters(network));
        Set<String> integers =
                quantisation.layers().stream().map(layer -> layer + ".weight").collect(Collectors.toSet());
        List<String> problems = new ArrayList<>();
        Map<String, List<Integer>> surplus = new LinkedHashMap<>(shapes);
        for (Parameter parameter : parameters) {
            List<Integer> shape = surplus.remove(parameter.name());
            if (shape == null) {
                problems.add("%s is missing (expected shape %s)".formatted(parameter.name(), parameter.shape()));
            } else if (!shape.equals(parameter.shape())) {
                problems.add("%s has shape %s, expected %s".formatted(parameter.name(), shape, parameter.shape()));
            } else if (integers.contains(parameter.name()) != (types.get(parameter.name()) == DataType.I8)) {
                problems.add("%s has values of type %s, but its layer is %squantised"
                        .formatted(
                                parameter.name(),
                                types.get(parameter.name()),
                                integers.contains(parameter.name()) ? "" : "not "));
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
