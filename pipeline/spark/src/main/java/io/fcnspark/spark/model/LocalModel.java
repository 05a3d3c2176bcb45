package io.fcnspark.spark.model;

import io.fcnspark.errors.BadInputException;
import io.fcnspark.spark.storage.HadoopPaths;
import io.fcnspark.weights.ModelBundle;
import io.fcnspark.weights.ModelDescription;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;

/**
 * A model bundle of any Hadoop file system as a folder of this machine: itself if it is one, else a copy that lives until this
 * is closed.
 */
public record LocalModel(Path folder, Runnable cleanUp) implements AutoCloseable {
    private static final List<String> FILES = List.of(ModelBundle.DESCRIPTION_FILE, ModelBundle.WEIGHTS_FILE);

    /**
     * Fetches a bundle.
     *
     * @throws BadInputException if there is none, or it cannot be read
     */
    public static LocalModel fetch(String uri, Configuration configuration) {
        return fetch(uri, configuration, FILES);
    }

    /**
     * Reads the description of a model, and makes sure that there are weights, without reading those.
     *
     * @throws BadInputException if there is no bundle, or it cannot be read
     * @throws io.fcnspark.weights.ModelException if the description is not valid
     */
    public static ModelDescription describe(String uri, Configuration configuration) {
        try (LocalModel local = fetch(uri, configuration, List.of(ModelBundle.DESCRIPTION_FILE))) {
            ModelDescription description = ModelBundle.describe(local.folder());
            org.apache.hadoop.fs.Path weights =
                    new org.apache.hadoop.fs.Path(HadoopPaths.of(uri), ModelBundle.WEIGHTS_FILE);
            if (!HadoopPaths.fileSystem(weights, configuration).exists(weights)) {
                throw absent(uri, null);
            }
            return description;
        } catch (IOException e) {
            throw unreadable(uri, e);
        }
    }

    /**
     * The folder of a bundle, which may not exist, that is on this machine.
     *
     * @throws BadInputException if there is no such file system
     */
    static Optional<Path> onThisMachine(String uri, Configuration configuration) {
        org.apache.hadoop.fs.Path bundle = HadoopPaths.of(uri);
        try {
            return HadoopPaths.fileSystem(bundle, configuration).getScheme().equals("file")
                    ? Optional.of(Path.of(bundle.toUri().getPath()))
                    : Optional.empty();
        } catch (IOException e) {
            throw unreadable(uri, e);
        }
    }

    private static LocalModel fetch(String uri, Configuration configuration, List<String> files) {
        org.apache.hadoop.fs.Path bundle = HadoopPaths.of(uri);
        try {
            Optional<Path> here = onThisMachine(uri, configuration);
            if (here.isPresent()) {
                return new LocalModel(here.get(), () -> {});
            }
            FileSystem fileSystem = HadoopPaths.fileSystem(bundle, configuration);
            Path copy = Files.createTempDirectory("fcn-model-");
            LocalModel model = new LocalModel(copy, () -> delete(copy));
            try {
                for (String file : files) {
                    fileSystem.copyToLocalFile(
                            false,
                            new org.apache.hadoop.fs.Path(bundle, file),
                            new org.apache.hadoop.fs.Path(copy.resolve(file).toUri()),
                            true);
                }
            } catch (IOException | RuntimeException e) {
                model.close();
                throw e;
            }
            return model;
        } catch (FileNotFoundException e) {
            throw absent(uri, e);
        } catch (IOException e) {
            throw unreadable(uri, e);
        }
    }

    private static BadInputException absent(String uri, FileNotFoundException cause) {
        return new BadInputException(
                "model %s: no such bundle. Expected a folder with %s".formatted(uri, String.join(" and ", FILES)),
                cause);
    }

    private static BadInputException unreadable(String uri, IOException cause) {
        return new BadInputException("model %s cannot be read: %s".formatted(uri, cause), cause);
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
