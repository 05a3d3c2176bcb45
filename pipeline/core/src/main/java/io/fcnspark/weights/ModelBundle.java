package io.fcnspark.weights;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;

/**
 * A model on disk: a folder with {@code model.json} (see {@link ModelDescriptionJson}) and {@code weights.safetensors} (see
 * {@link Safetensors}; tensors named after their layers, {@code conv1_1.weight} and so on, see
 * {@link io.fcnspark.network.Parameter}).
 *
 * <p>A bundle may be replaced while others read it. Meanwhile the weights are called {@code weights-HASH.safetensors}, with the
 * first 12 digits of the SHA-256 in {@code model.json}; readers look there first. One process at a time may write a bundle.
 */
public final class ModelBundle {
    /** File that describes the model. */
    public static final String DESCRIPTION_FILE = BundleFiles.DESCRIPTION;

    /** File of the weights, but while they are replaced. */
    public static final String WEIGHTS_FILE = BundleFiles.WEIGHTS;

    /**
     * The complete new description, on a file system that cannot replace a file at once: it counts from when the old one is
     * deleted.
     */
    public static final String DESCRIPTION_PART = BundleFiles.DESCRIPTION_PART;

    /** How often a reader begins anew because the bundle was replaced; each time, somebody wrote a whole model. */
    public static final int ATTEMPTS = 20;

    private ModelBundle() {}

    /**
     * Loads a model, strictly: the weights must be those that the description names by their hash, and exactly the tensors of
     * the network. They are memory-mapped (see {@link Safetensors#read}), though read once for the hash; once loaded, the model
     * does not change when the bundle does.
     *
     * @throws ModelException if anything is missing, left over, or not as described; the message says what and what to do
     */
    public static Model load(Path folder) {
        for (int attempt = 1; ; attempt++) {
            Version version = Version.of(folder);
            ModelDescription description = describe(folder);
            Path file = weightsFile(folder, description);
            try {
                return load(description, file);
            } catch (ModelException e) {
                boolean replaced = !Version.of(folder).equals(version)
                        || !weightsFile(folder, description).equals(file);
                if (!replaced || attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private static Model load(ModelDescription description, Path file) {
        return new SafetensorsReader(file).read((safetensors, channel) -> {
            Model model;
            try {
                model = new Model(description, safetensors.weights());
            } catch (ModelException e) {
                throw new ModelException(
                        "%s: %s; change %s to what the weights are, or import them again"
                                .formatted(file, e.getMessage(), DESCRIPTION_FILE),
                        e);
            }
            requireHash(file, Sha256.of(channel), description);
            return model;
        });
    }

    /** What tells a description that was replaced from one that was not; the same model may have been there before. */
    private record Version(Object file, FileTime modified) {
        static Version of(Path folder) {
            try {
                BasicFileAttributes attributes =
                        Files.readAttributes(folder.resolve(DESCRIPTION_FILE), BasicFileAttributes.class);
                return new Version(attributes.fileKey(), attributes.lastModifiedTime());
            } catch (IOException e) {
                return new Version(null, null);
            }
        }
    }

    /**
     * Reads the description alone.
     *
     * @throws ModelException if there is no bundle in that folder, or its description is not valid
     */
    public static ModelDescription describe(Path folder) {
        Path file = folder.resolve(DESCRIPTION_FILE);
        if (!Files.isDirectory(folder) || !Files.exists(file)) {
            throw new ModelException(
                    "%s: there is no model; expected a folder with %s and %s, as fcn import makes it of a file of VGG16 or of an FCN over it"
                            .formatted(folder, DESCRIPTION_FILE, WEIGHTS_FILE));
        }
        try {
            return ModelDescriptionJson.read(Files.readString(file), file.toString());
        } catch (IOException e) {
            throw new ModelException("%s: cannot be read (%s); check its permissions".formatted(file, e), e);
        }
    }

    private static Path weightsFile(Path folder, ModelDescription description) {
        Path hashed = folder.resolve(hashedName(description));
        return Files.exists(hashed) ? hashed : folder.resolve(WEIGHTS_FILE);
    }

    /** The name that the weights of a model have while a bundle is replaced, and afterwards until the next time. */
    public static String hashedName(ModelDescription description) {
        return BundleFiles.hashed(description);
    }

    /** Whether a file of a bundle's folder, of that name, belongs to a model. */
    public static boolean isPart(String name) {
        return name.equals(DESCRIPTION_FILE) || name.equals(WEIGHTS_FILE) || BundleFiles.isHashed(name);
    }

    /**
     * Saves a model, tensor by tensor; a bundle that was there is replaced as {@link #replace} does it.
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
        ModelDescription announced = description.apply("0".repeat(64));
        Map<String, List<Integer>> shapes = new LinkedHashMap<>();
        Map<String, DataType> types = new LinkedHashMap<>();
        tensors.forEach(tensor -> {
            shapes.put(tensor.name(), tensor.shape());
            types.put(tensor.name(), tensor.dataType());
        });
        Weights.requireFit(announced.network(), announced.quantisation(), shapes, types);
        return writing(folder, () -> {
            Path written = folder.resolve(".weights.%s.tmp".formatted(UUID.randomUUID()));
            try {
                ModelDescription saved = description.apply(Safetensors.write(written, Map.of(), tensors));
                replace(new LocalBundleStore(folder), saved, name -> moveOver(written, folder.resolve(name)));
                return saved;
            } finally {
                Files.deleteIfExists(written);
            }
        });
    }

    /**
     * Saves a model whose weights are a safetensors file already; a bundle that was there is replaced as {@link #replace} does
     * it.
     *
     * @param folder is made if it does not exist
     * @param description of the model, with the SHA-256 of these very weights
     * @param weights the bytes of the file; not closed
     * @throws ModelException if the folder cannot be written
     */
    public static void save(Path folder, ModelDescription description, InputStream weights) {
        writing(folder, () -> {
            replace(
                    new LocalBundleStore(folder),
                    description,
                    name -> AtomicFile.write(
                            folder.resolve(name), channel -> weights.transferTo(Channels.newOutputStream(channel))));
            return description;
        });
    }

    /**
     * Makes a bundle hold another model, or a first one. Whoever reads it meanwhile, and whoever reads it after this process was
     * killed at any instant, finds the old model or the new one, whole. At the end the folder has {@code model.json} and
     * {@code weights.safetensors}, and under their hash the old weights, for readers that have begun; they go with the next
     * replacement.
     *
     * @param description of the new model
     * @throws IOException if the store fails; the bundle then holds the old model or the new one
     */
    public static void replace(BundleStore store, ModelDescription description, PutWeights weights) throws IOException {
        BundleReplacement.run(store, description, weights);
    }

    private interface Writing {
        ModelDescription run() throws IOException;
    }

    private static ModelDescription writing(Path folder, Writing writing) {
        try {
            Files.createDirectories(folder);
            return writing.run();
        } catch (IOException e) {
            throw new ModelException(
                    "%s: cannot be written (%s); name a folder that may be written to".formatted(folder, e), e);
        }
    }

    private static void moveOver(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void requireHash(Path file, String found, ModelDescription description) {
        if (!found.equals(description.weightsSha256())) {
            throw new ModelException(
                    "%s: has SHA-256 %s, but %s says %s; one of the two files is damaged or from another model: copy or import both again"
                            .formatted(file, found, DESCRIPTION_FILE, description.weightsSha256()));
        }
    }
}
