package io.fcnspark.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option {@code --json}: the result as JSON in a local file, if it is given. */
final class JsonFile {
    @Option(names = "--json", paramLabel = "FILE", description = "Write the result to this local file, too.")
    private Path file;

    /** Fails before the work, and not after, if the file's folder does not exist or cannot be written to. */
    void requireFolder() {
        if (file == null) {
            return;
        }
        Path folder = file.toAbsolutePath().getParent();
        if (!Files.isDirectory(folder) || !Files.isWritable(folder)) {
            throw new UserException(
                    "--json %s cannot be written: %s is no folder that may be written to".formatted(file, folder));
        }
    }

    /** Writes a document, indented. */
    void write(JsonNode json) {
        if (file == null) {
            return;
        }
        try {
            Files.writeString(file, json.toPrettyString() + "\n");
        } catch (IOException e) {
            throw new UserException("--json %s cannot be written: %s".formatted(file, e), e);
        }
    }
}
