package io.fcnspark.scenes;

import io.fcnspark.weights.ModelBundle;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * The model that comes with the library: a slim FCN-8s that knows the scenes of {@code fcn scenes}. How it was trained stands
 * beside its files, in {@code io/fcnspark/models/scenes/README.md}.
 */
public final class BundledModel {
    private static final String FOLDER = "/io/fcnspark/models/scenes/";

    private BundledModel() {}

    /**
     * Writes the bundle, over files of the same names.
     *
     * @param folder is made if it does not exist
     * @throws IOException if a file cannot be written
     */
    public static void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        for (String file : List.of(ModelBundle.WEIGHTS_FILE, ModelBundle.DESCRIPTION_FILE)) {
            try (InputStream in = BundledModel.class.getResourceAsStream(FOLDER + file)) {
                if (in == null) {
                    throw new IllegalStateException("the library lacks its resource " + FOLDER + file);
                }
                Files.copy(in, folder.resolve(file), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }
}
