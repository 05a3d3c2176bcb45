package io.fcnspark.weights;

import io.fcnspark.image.Preprocessing;
import io.fcnspark.labels.ClassSet;
import io.fcnspark.network.Architecture;
import io.fcnspark.network.Fcn;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a model is, without its weights: the contents of {@code model.json}.
 *
 * @param name short name, part of the model's identity in every output
 * @param weightsSha256 SHA-256 of the file of the weights, 64 hex digits in lower case
 * @param quantisation which layers are computed in integers, and how
 * @param provenance how the model came to be: free keys and values, for people
 */
public record ModelDescription(
        String name,
        Architecture architecture,
        ClassSet classes,
        Preprocessing preprocessing,
        String weightsSha256,
        Quantisation quantisation,
        Map<String, String> provenance) {
    public ModelDescription {
        provenance = Collections.unmodifiableMap(new LinkedHashMap<>(provenance));
        requireName(name);
        if (!weightsSha256.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("weights_sha256 '" + weightsSha256 + "': expected 64 hex digits");
        }
        quantisation.requireFit(network(architecture, classes));
    }

    /** What a model is that is not quantised. */
    public ModelDescription(
            String name,
            Architecture architecture,
            ClassSet classes,
            Preprocessing preprocessing,
            String weightsSha256,
            Map<String, String> provenance) {
        this(name, architecture, classes, preprocessing, weightsSha256, Quantisation.NONE, provenance);
    }

    /**
     * Checks that a model may have that name.
     *
     * @throws IllegalArgumentException if not; the message says what is expected
     */
    public static void requireName(String name) {
        if (!name.matches("[A-Za-z0-9._-]+")) {
            throw new IllegalArgumentException(
                    "model name '" + name + "': expected letters, digits, dots, dashes and underscores only");
        }
    }

    /** What tells this model from any other in tables: the name, {@code @}, and the first 12 digits of the hash. */
    public String identity() {
        return name + "@" + weightsSha256.substring(0, 12);
    }

    /** The network that the weights belong to. */
    public Fcn network() {
        return network(architecture, classes);
    }

    private static Fcn network(Architecture architecture, ClassSet classes) {
        return architecture.accept(fcn -> Fcn.of(fcn.variant(), fcn.backbone(), classes.size(), fcn.geometry()));
    }
}
