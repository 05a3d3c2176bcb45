package io.fcnspark.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Results as JSON in a local file. */
final class JsonFile {
    private JsonFile() {}

    /** Fails before the work, and not after, if the file's folder does not exist or cannot be written to. */
    static void requireFolder(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (!Files.isDirectory(folder) || !Files.isWritable(folder)) {
            throw new UserException(
                    "--json %s cannot be written: %s is no folder that may be written to".formatted(file, folder));
        }
    }

    /** Writes a document, indented. */
    static void write(Path file, JsonNode json) {
        try {
            Files.writeString(file, json.toPrettyString() + "\n");
        } catch (IOException e) {
            throw new UserException("--json %s cannot be written: %s".formatted(file, e), e);
        }
    }
}
