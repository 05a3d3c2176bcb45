package io.fcnspark.weights.formats;

import io.fcnspark.weights.Tensor;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What a file of weights holds, under the names of the tool that wrote it.
 *
 * @param tensors by name; memory-mapped as far as the format allows, else outside the heap
 * @param others names of tensors with anything but floating-point numbers, with their type and shape; without single whole
 *     numbers, which count something
 * @param channelsLast names of matrices {@code [inputs, outputs]} whose inputs are flattened as rows, columns, channels, in a
 *     format where that is not so of all
 * @param firstTensor where a file is a graph, whose tensors are named by their place in it: its own name for the first
 *     convolution's weights; else empty
 * @param metadata free keys and values of the file
 * @param remarks on how the file was read, for the provenance of the model that is made from it
 */
public record WeightFile(
        Path path,
        WeightFormat format,
        Map<String, Tensor> tensors,
        Map<String, String> others,
        Set<String> channelsLast,
        String firstTensor,
        Map<String, String> metadata,
        Map<String, String> remarks) {
    /** The remark that tells which tensors of the file were not read, being no part of the network. */
    static final String LEFT_OUT = "left_out";

    public WeightFile {
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
        others = Collections.unmodifiableMap(new LinkedHashMap<>(others));
        channelsLast = Set.copyOf(channelsLast);
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        remarks = Collections.unmodifiableMap(new LinkedHashMap<>(remarks));
    }

    /** A file with tensors and nothing else. */
    static WeightFile of(Path path, WeightFormat format, Map<String, Tensor> tensors) {
        return new WeightFile(path, format, tensors, Map.of(), Set.of(), "", Map.of(), Map.of());
    }

    WeightFile withTensors(Map<String, Tensor> renamed) {
        return new WeightFile(path, format, renamed, others, channelsLast, firstTensor, metadata, remarks);
    }

    WeightFile withOthers(Map<String, String> found) {
        return new WeightFile(path, format, tensors, found, channelsLast, firstTensor, metadata, remarks);
    }

    WeightFile withMetadata(Map<String, String> read) {
        return new WeightFile(path, format, tensors, others, channelsLast, firstTensor, read, remarks);
    }

    WeightFile withRemarks(Map<String, String> made) {
        Map<String, String> all = new LinkedHashMap<>(remarks);
        all.putAll(made);
        return new WeightFile(path, format, tensors, others, channelsLast, firstTensor, metadata, all);
    }
}
