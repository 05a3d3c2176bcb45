package io.fcnspark.weights.formats;

import io.fcnspark.weights.Model;
import io.fcnspark.weights.ModelDescriptionJson;
import io.fcnspark.weights.ModelException;
import io.fcnspark.weights.Safetensors;
import io.fcnspark.weights.TensorSource;
import java.nio.file.Path;
import java.util.Map;

/** Writes models into files for other tools. */
public final class WeightExport {
    private WeightExport() {}

    /**
     * Writes one safetensors file: the network's tensors as they are, under their own names, and in the file's metadata the
     * model's description, so that {@link WeightImport} needs to ask nothing.
     *
     * @return SHA-256 of the file, 64 hex digits in lower case
     * @throws ModelException if the model is quantised, or the file cannot be written
     */
    public static String safetensors(Model model, Path file) {
        model.requireReal("an export");
        return Safetensors.write(
                file,
                // What Python's loaders look for to know the layout.
                Map.of(
                        "format",
                        "pt",
                        ModelDescriptionJson.METADATA_KEY,
                        ModelDescriptionJson.write(model.description())),
                TensorSource.of(model.weights()));
    }
}
