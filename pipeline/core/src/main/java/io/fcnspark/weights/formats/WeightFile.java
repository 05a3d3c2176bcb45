package io.fcnspark.weights.formats;

import io.fcnspark.weights.Tensor;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a file of weights holds, under the names of the tool that wrote it.
 *
 * @param tensors by name; memory-mapped as far as the format allows, else outside the heap
 * @param multiplications where a file is a graph: the weights in the order of its nodes; empty for other formats
 * @param metadata free keys and values of the file
 */
public record WeightFile(
        Path path,
        WeightFormat format,
        Map<String, Tensor> tensors,
        List<Multiplication> multiplications,
        Map<String, String> metadata) {
    public WeightFile {
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
        multiplications = List.copyOf(multiplications);
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }

    /** A convolution or a fully connected layer of a graph: the names of its tensors. */
    public record Multiplication(String weight, String bias) {}
}
