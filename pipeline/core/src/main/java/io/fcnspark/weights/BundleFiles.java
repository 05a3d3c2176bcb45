package io.fcnspark.weights;

import java.util.regex.Pattern;

/** What the files of a bundle are called. */
final class BundleFiles {
    static final String DESCRIPTION = "model.json";
    static final String WEIGHTS = "weights.safetensors";
    static final String DESCRIPTION_PART = "_model.json.part";

    private static final Pattern HASHED = Pattern.compile("weights-[0-9a-f]{12}\\.safetensors");

    private BundleFiles() {}

    /** The name of a model's weights under their hash. */
    static String hashed(ModelDescription description) {
        return "weights-%s.safetensors".formatted(description.weightsSha256().substring(0, 12));
    }

    /** Whether a file of that name holds weights under their hash. */
    static boolean isHashed(String name) {
        return HASHED.matcher(name).matches();
    }
}
