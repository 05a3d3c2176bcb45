package io.fcnspark.scenes;

import io.fcnspark.weights.ModelBundle;
import io.fcnspark.weights.ModelDescriptionJson;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The model that comes with the library: a slim FCN-8s that knows the scenes of {@code fcn scenes}. How it was trained stands
 * beside its files, in {@code io/fcnspark/models/scenes/README.md}.
 */
public final class BundledModel {
    private static final String FOLDER = "/io/fcnspark/models/scenes/";

    private BundledModel() {}

    /**
     * Writes the bundle; one that is there is replaced.
     *
     * @param folder is made if it does not exist
     * @throws io.fcnspark.weights.ModelException if it cannot be written
     * @throws IOException if this library cannot be read
     */
    public static void write(Path folder) throws IOException {
        try (InputStream description = resource(ModelBundle.DESCRIPTION_FILE);
                InputStream weights = resource(ModelBundle.WEIGHTS_FILE)) {
            String json = new String(description.readAllBytes(), StandardCharsets.UTF_8);
            ModelBundle.save(folder, ModelDescriptionJson.read(json, "the model of this library"), weights);
        }
    }

    private static InputStream resource(String file) {
        InputStream in = BundledModel.class.getResourceAsStream(FOLDER + file);
        if (in == null) {
            throw new IllegalStateException("the library lacks its resource " + FOLDER + file);
        }
        return in;
    }
}
