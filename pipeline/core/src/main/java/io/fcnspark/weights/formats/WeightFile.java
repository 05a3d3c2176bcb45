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
 * @param others names of tensors with anything but floating-point numbers, with their type and shape; without single whole
 *     numbers, which count something
 * @param multiplications where a file is a graph: the weights in the order of its nodes; empty for other formats
 * @param metadata free keys and values of the file
 * @param remarks on how the file was read, for the provenance of the model that is made from it
 */
public record WeightFile(
        Path path,
        WeightFormat format,
        Map<String, Tensor> tensors,
        Map<String, String> others,
        List<Multiplication> multiplications,
        Map<String, String> metadata,
        Map<String, String> remarks) {
    public WeightFile {
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
        others = Collections.unmodifiableMap(new LinkedHashMap<>(others));
        multiplications = List.copyOf(multiplications);
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        remarks = Collections.unmodifiableMap(new LinkedHashMap<>(remarks));
    }

    /** A convolution or a fully connected layer of a graph: the names of its tensors. */
    public record Multiplication(String weight, String bias) {}

    /** A file with tensors and nothing else. */
    static WeightFile of(Path path, WeightFormat format, Map<String, Tensor> tensors) {
        return new WeightFile(path, format, tensors, Map.of(), List.of(), Map.of(), Map.of());
    }

    WeightFile withTensors(Map<String, Tensor> renamed) {
        return new WeightFile(path, format, renamed, others, multiplications, metadata, remarks);
    }

    WeightFile withOthers(Map<String, String> found) {
        return new WeightFile(path, format, tensors, found, multiplications, metadata, remarks);
    }

    WeightFile withMetadata(Map<String, String> read) {
        return new WeightFile(path, format, tensors, others, multiplications, read, remarks);
    }

    WeightFile withRemarks(Map<String, String> made) {
        Map<String, String> all = new LinkedHashMap<>(remarks);
        all.putAll(made);
        return new WeightFile(path, format, tensors, others, multiplications, metadata, all);
    }
}
