package io.fcnspark.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A model on disk: a folder with {@code model.json} (see {@link ModelDescriptionJson}) and {@code weights.safetensors} (see
 * {@link Safetensors}; tensors named after their layers, {@code conv1_1.weight} and so on, see
 * {@link io.fcnspark.network.Parameter}).
 */
public final class ModelBundle {
    /** File that describes the model. */
    public static final String DESCRIPTION_FILE = "model.json";

    /** File of the weights. */
    public static final String WEIGHTS_FILE = "weights.safetensors";

    private ModelBundle() {}

    /**
     * Loads a model, strictly: the weights must be those that the description names by their hash, and exactly the tensors of
     * the network. They are memory-mapped (see {@link Safetensors#read}), though read once for the hash.
     *
     * @throws ModelException if anything is missing, left over, or not as described; the message says what and what to do
     */
    public static Model load(Path folder) {
        ModelDescription description = describe(folder);
        Path file = weightsFile(folder);
        Weights weights = Safetensors.read(file).weights();
        Model model;
        try {
            model = new Model(description, weights);
        } catch (ModelException e) {
            throw new ModelException(
                    "%s: %s; change %s to what the weights are, or import them again"
                            .formatted(file, e.getMessage(), DESCRIPTION_FILE),
                    e);
        }
        requireHash(file, description.weightsSha256());
        return model;
    }

    /**
     * Reads the description alone.
     *
     * @throws ModelException if there is no bundle in that folder, or its description is not valid
     */
    public static ModelDescription describe(Path folder) {
        Path file = folder.resolve(DESCRIPTION_FILE);
        if (!Files.isDirectory(folder) || !Files.exists(file)) {
            throw new ModelException("%s: there is no model; expected a folder with %s and %s, as fcn import makes it"
                    .formatted(folder, DESCRIPTION_FILE, WEIGHTS_FILE));
        }
        try {
            return ModelDescriptionJson.read(Files.readString(file), file.toString());
        } catch (IOException e) {
            throw new ModelException("%s: cannot be read (%s); check its permissions".formatted(file, e), e);
        }
    }

    /** Where the weights of a bundle are. */
    public static Path weightsFile(Path folder) {
        return folder.resolve(WEIGHTS_FILE);
    }

    /**
     * Saves a model, tensor by tensor; a bundle that was there is replaced. Each of the two files is replaced at once; where a
     * failure comes between them the hash does not fit, and the bundle does not load.
     *
     * @param folder is made if it does not exist
     * @param description gives the description of the model for the SHA-256 of its weights, 64 hex digits; asked twice, first
     *     with zeros, so that what is wrong with it comes to light before anything is written
     * @param tensors the network's tensors, in any order
     * @return the description
     * @throws ModelException if the tensors are not the network's, or the folder cannot be written
     */
    public static ModelDescription save(
            Path folder, Function<String, ModelDescription> description, List<TensorSource> tensors) {
        Map<String, List<Integer>> shapes = new LinkedHashMap<>();
        tensors.forEach(tensor -> shapes.put(tensor.name(), tensor.shape()));
        Weights.requireFit(description.apply("0".repeat(64)).network(), shapes);
        try {
            Files.createDirectories(folder);
            ModelDescription saved = description.apply(Safetensors.write(weightsFile(folder), Map.of(), tensors));
            ByteBuffer json = ByteBuffer.wrap(ModelDescriptionJson.write(saved).getBytes(StandardCharsets.UTF_8));
            AtomicFile.write(folder.resolve(DESCRIPTION_FILE), channel -> channel.write(json));
            return saved;
        } catch (IOException e) {
            throw new ModelException(
                    "%s: cannot be written (%s); name a folder that may be written to".formatted(folder, e), e);
        }
    }

    private static void requireHash(Path file, String expected) {
        String found;
        try {
            found = Sha256.of(file);
        } catch (IOException e) {
            throw new ModelException("%s: cannot be read (%s); check its permissions".formatted(file, e), e);
        }
        if (!found.equals(expected)) {
            throw new ModelException(
                    "%s: has SHA-256 %s, but %s says %s; one of the two files is damaged or from another model: copy or import both again"
                            .formatted(file, found, DESCRIPTION_FILE, expected));
        }
    }
}
