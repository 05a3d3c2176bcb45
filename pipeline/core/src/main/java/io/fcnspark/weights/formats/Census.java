package io.fcnspark.weights.formats;

import io.fcnspark.weights.Tensor;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a network consists of, in words, for messages about files of other networks. */
final class Census {
    /** What can be done with a network that is none of these: nothing. */
    static final String ONLY = "fcn labels with FCN-32s, FCN-16s and FCN-8s over VGG16 only";

    private Census() {}

    /** For example {@code 61 convolutions, 46 batch normalisations, 1 matrix}. */
    static String of(Map<String, Tensor> tensors) {
        long convolutions = tensors.values().stream()
                .filter(tensor -> tensor.shape().size() == 4)
                .count();
        long matrices = tensors.values().stream()
                .filter(tensor -> tensor.shape().size() == 2)
                .count();
        long normalizations = tensors.keySet().stream()
                .filter(name -> name.endsWith("running_mean") || name.endsWith("moving_mean"))
                .count();
        String layers = Stream.of(
                        count(convolutions, "convolution", "convolutions"),
                        count(normalizations, "batch normalisation", "batch normalisations"),
                        count(matrices, "matrix", "matrices"))
                .filter(words -> !words.isEmpty())
                .collect(Collectors.joining(", "));
        return layers.isEmpty() ? "no layers" : layers;
    }

    private static String count(long number, String one, String many) {
        return number == 0 ? "" : "%d %s".formatted(number, number == 1 ? one : many);
    }
}
