package io.fcnspark.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Results as JSON in a local file. */
final class JsonFile {
    private JsonFile() {}

    /** Writes a document, indented. */
    static void write(Path file, JsonNode json) {
        try {
            Files.writeString(file, json.toPrettyString() + "\n");
        } catch (IOException e) {
            throw new UserException("--json %s cannot be written: %s".formatted(file, e), e);
        }
    }
}
