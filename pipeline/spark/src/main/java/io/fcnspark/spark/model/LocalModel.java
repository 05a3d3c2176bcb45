package io.fcnspark.spark.model;

import io.fcnspark.errors.BadInputException;
import io.fcnspark.labels.ClassSet;
import io.fcnspark.spark.storage.RemoteFolder;
import io.fcnspark.weights.ModelBundle;
import io.fcnspark.weights.ModelDescription;
import io.fcnspark.weights.ModelDescriptionJson;
import io.fcnspark.weights.Sha256;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/**
 * A model bundle of any Hadoop file system as a folder of this machine: itself if it is one, else a copy that lives until this
 * is closed. A copy is of one model, though the bundle may be replaced meanwhile.
 */
public record LocalModel(Path folder, Runnable cleanUp) implements AutoCloseable {
    private static final List<String> FILES = List.of(ModelBundle.DESCRIPTION_FILE, ModelBundle.WEIGHTS_FILE);

    /**
     * Fetches a bundle.
     *
     * @throws BadInputException if there is none, or it cannot be read
     * @throws io.fcnspark.weights.ModelException if the description is not valid
     */
    public static LocalModel fetch(String uri, Configuration configuration) {
        Optional<Path> here = onThisMachine(uri, configuration);
        if (here.isPresent()) {
            return new LocalModel(here.get(), () -> {});
        }
        return reading(uri, () -> {
            Path copy = Files.createTempDirectory("fcn-model-");
            LocalModel model = new LocalModel(copy, () -> delete(copy));
            try {
                fetch(RemoteFolder.of(uri, configuration), copy);
                return model;
            } catch (IOException | RuntimeException e) {
                model.close();
                throw e;
            }
        });
    }

    /** Copies the description, and weights that have its hash; begins anew where the bundle is replaced meanwhile. */
    private static void fetch(RemoteFolder bundle, Path copy) throws IOException {
        Path weights = copy.resolve(ModelBundle.WEIGHTS_FILE);
        for (int attempt = 1; ; attempt++) {
            String json = descriptionJson(bundle);
            ModelDescription description = description(bundle, json);
            String name = weightsName(bundle, description);
            IOException failure = null;
            try {
                bundle.fetch(name, weights);
            } catch (IOException e) {
                failure = e;
            }
            boolean fits = failure == null && Sha256.of(weights).equals(description.weightsSha256());
            boolean replaced = !fits
                    && !(descriptionJson(bundle).equals(json)
                            && weightsName(bundle, description).equals(name));
            if (replaced && attempt < ModelBundle.ATTEMPTS) {
                continue;
            }
            if (failure != null) {
                throw failure;
            }
            // Weights that do not fit are the loader's to complain of.
            Files.writeString(copy.resolve(ModelBundle.DESCRIPTION_FILE), json);
            return;
        }
    }

    /**
     * Reads the description of a model, and makes sure that there are weights, without reading those.
     *
     * @throws BadInputException if there is no bundle, or it cannot be read
     * @throws io.fcnspark.weights.ModelException if the description is not valid
     */
    public static ModelDescription describe(String uri, Configuration configuration) {
        return reading(uri, () -> {
            RemoteFolder bundle = RemoteFolder.of(uri, configuration);
            for (int attempt = 1; ; attempt++) {
                String json = descriptionJson(bundle);
                ModelDescription description = description(bundle, json);
                String name = weightsName(bundle, description);
                if (bundle.has(name)) {
                    return description;
                }
                boolean replaced = !descriptionJson(bundle).equals(json)
                        || !weightsName(bundle, description).equals(name);
                if (!replaced || attempt == ModelBundle.ATTEMPTS) {
                    throw new FileNotFoundException(name);
                }
            }
        });
    }

    /**
     * The classes of a model, whose weights may be missing.
     *
     * @throws BadInputException if there is no such bundle, or it cannot be read
     * @throws io.fcnspark.weights.ModelException if the description is not valid
     */
    public static ClassSet classes(String uri, Configuration configuration) {
        return reading(uri, () -> {
            RemoteFolder bundle = RemoteFolder.of(uri, configuration);
            return description(bundle, descriptionJson(bundle)).classes();
        });
    }

    private static ModelDescription description(RemoteFolder bundle, String json) {
        return ModelDescriptionJson.read(json, bundle + "/" + ModelBundle.DESCRIPTION_FILE);
    }

    /** The description, or the one that is about to take its place where a file cannot be replaced at once. */
    private static String descriptionJson(RemoteFolder bundle) throws IOException {
        for (int attempt = 1; ; attempt++) {
            FileNotFoundException absent;
            try {
                return bundle.text(ModelBundle.DESCRIPTION_FILE);
            } catch (FileNotFoundException e) {
                absent = e;
            }
            try {
                String json = bundle.text(ModelBundle.DESCRIPTION_PART);
                if (!bundle.has(ModelBundle.DESCRIPTION_FILE)) {
                    return json;
                }
            } catch (FileNotFoundException e) {
                if (!bundle.has(ModelBundle.DESCRIPTION_FILE)) {
                    throw absent;
                }
            }
            if (attempt == ModelBundle.ATTEMPTS) {
                throw absent;
            }
        }
    }

    private static String weightsName(RemoteFolder bundle, ModelDescription description) throws IOException {
        String hashed = ModelBundle.hashedName(description);
        return bundle.has(hashed) ? hashed : ModelBundle.WEIGHTS_FILE;
    }

    /**
     * The folder of a bundle, which may not exist, that is on this machine.
     *
     * @throws BadInputException if there is no such file system
     */
    static Optional<Path> onThisMachine(String uri, Configuration configuration) {
        return reading(uri, () -> {
            RemoteFolder bundle = RemoteFolder.of(uri, configuration);
            return bundle.isLocal() ? Optional.of(Path.of(bundle.path().toUri().getPath())) : Optional.empty();
        });
    }

    private interface Reading<T> {
        T run() throws IOException;
    }

    private static <T> T reading(String uri, Reading<T> reading) {
        try {
            return reading.run();
        } catch (FileNotFoundException e) {
            throw new BadInputException(
                    "model %s: no such bundle. Expected a folder with %s".formatted(uri, String.join(" and ", FILES)),
                    e);
        } catch (IOException e) {
            throw new BadInputException("model %s cannot be read: %s".formatted(uri, e), e);
        }
    }

    private static void delete(Path folder) {
        try {
            for (String file : FILES) {
                Files.deleteIfExists(folder.resolve(file));
            }
            Files.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + folder, e);
        }
    }

    @Override
    public void close() {
        cleanUp.run();
    }
}
