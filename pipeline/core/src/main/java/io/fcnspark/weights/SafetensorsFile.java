package io.fcnspark.weights;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a file in the safetensors format holds.
 *
 * @param metadata free keys and values of the file
 * @param weights the tensors, in the order in which they lie in the file
 */
public record SafetensorsFile(Map<String, String> metadata, Weights weights) {
    public SafetensorsFile {
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }
}
