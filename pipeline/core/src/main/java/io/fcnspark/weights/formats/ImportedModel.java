package io.fcnspark.weights.formats;

import io.fcnspark.image.Preprocessing;
import io.fcnspark.labels.ClassSet;
import io.fcnspark.network.Architecture;
import io.fcnspark.weights.ModelBundle;
import io.fcnspark.weights.ModelDescription;
import io.fcnspark.weights.ModelException;
import io.fcnspark.weights.TensorSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A model made from a file of weights, not saved yet.
 *
 * @param contents what the file held
 * @param provenance for {@code model.json}: the file, its hash, and what was made of it
 * @param tensors the network's tensors, each read and converted when it is written
 */
public record ImportedModel(
        Contents contents,
        Architecture architecture,
        ClassSet classes,
        Preprocessing preprocessing,
        Map<String, String> provenance,
        List<TensorSource> tensors) {
    /** What files of weights hold. */
    public enum Contents {
        /** A complete FCN, ready to label. */
        FCN("complete FCN"),
        /** A classifier: fc6 and fc7 are converted to convolutions, the score layers are zero, ready for fine-tuning. */
        CLASSIFIER("VGG16 classifier"),
        /** A classifier without its fully connected layers: fc6 and fc7 are random, the score layers are zero. */
        FEATURES("VGG16 without fully connected layers");

        private final String description;

        Contents(String description) {
            this.description = description;
        }

        @Override
        public String toString() {
            return description;
        }
    }

    /**
     * Saves the model as a bundle.
     *
     * @param name short name of the model: letters, digits, dots, dashes, underscores
     * @throws ModelException if a tensor holds values that are no finite numbers, or the folder cannot be written; nothing is
     *     left half-written
     */
    public ModelDescription save(Path folder, String name) {
        return ModelBundle.save(
                folder,
                sha256 -> new ModelDescription(name, architecture, classes, preprocessing, sha256, provenance),
                tensors);
    }
}
