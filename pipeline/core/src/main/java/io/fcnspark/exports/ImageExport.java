package io.fcnspark.exports;

import java.io.Serializable;
import java.util.List;

/**
 * What one image gives.
 *
 * @param files to write
 * @param parts what it adds to documents, in the order of the numbers of {@link Document.Parts}
 */
public record ImageExport(List<File> files, List<String> parts) implements Serializable {
    public ImageExport {
        files = List.copyOf(files);
        parts = List.copyOf(parts);
    }

    /**
     * A file.
     *
     * @param path below the output folder
     */
    public record File(String path, byte[] bytes) implements Serializable {}
}
