package io.fcnspark.jobs;

import io.fcnspark.labels.LabelConvention;
import io.fcnspark.labels.LabelConventions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The option {@code --labels}. */
final class Labels {
    private Labels() {}

    /**
     * A convention by its name, or from a JSON file.
     *
     * @throws IllegalArgumentException if it is neither
     * @throws UserException if the file cannot be read
     */
    static LabelConvention parse(String nameOrFile) {
        if (!nameOrFile.endsWith(".json")) {
            return LabelConventions.of(nameOrFile);
        }
        try {
            return LabelConventions.fromJson(Files.readString(Path.of(nameOrFile)), nameOrFile);
        } catch (IOException e) {
            throw new UserException("--labels %s cannot be read: %s".formatted(nameOrFile, e), e);
        }
    }
}
