package io.fcnspark.weights.formats;

import io.fcnspark.weights.ModelException;
import java.nio.file.Path;

/** Reads files of weights in any of the formats. */
public final class WeightFiles {
    private WeightFiles() {}

    /**
     * Tells the format of a file by its content.
     *
     * @throws ModelException if it is none of these, or cannot be read
     */
    public static WeightFormat detect(Path path) {
        return SourceFile.read(path, file -> Container.of(file).format());
    }

    /**
     * Reads a file. Its values stay in the file as far as possible and are read when they are used: the file must not be changed
     * meanwhile.
     *
     * @throws ModelException if the file is of another format, damaged, or holds what is no weights; the message names the
     *     file, what was found where, and what to do
     */
    public static WeightFile read(Path path, WeightFormat format) {
        return SourceFile.read(path, file -> {
            Container container = Container.of(file);
            if (container.format() != format) {
                throw file.failure(
                        "is in the format %s, not %s"
                                .formatted(container.format().id(), format.id()),
                        "choose the format %s, or let it be detected"
                                .formatted(container.format().id()));
            }
            return container.read(file);
        });
    }
}
