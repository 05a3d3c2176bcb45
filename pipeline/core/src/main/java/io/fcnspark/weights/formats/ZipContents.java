package io.fcnspark.weights.formats;

import java.io.IOException;
import java.io.InputStream;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/** The entries of a zip archive, and where they lie in the file: what is stored uncompressed can be mapped. */
final class ZipContents {
    private final SourceFile file;
    private final ZipFile zip;
    private final Map<String, ZipArchiveEntry> entries = new LinkedHashMap<>();

    private ZipContents(SourceFile file, ZipFile zip) {
        this.file = file;
        this.zip = zip;
        for (ZipArchiveEntry entry : Collections.list(zip.getEntriesInPhysicalOrder())) {
            if (entries.put(entry.getName(), entry) != null) {
                throw file.damaged("is a zip archive with two entries named '%s'".formatted(entry.getName()));
            }
        }
    }

    /**
     * Opens the archive; it is closed together with the file. The library closes the channel that it was given once the garbage
     * collector finds its {@code ZipFile} unused, so it gets a view of the file whose closing closes nothing.
     */
    static ZipContents open(SourceFile file) throws IOException {
        try {
            return new ZipContents(file, new ZipFile(file.view()));
        } catch (IOException e) {
            throw file.damaged("is a zip archive without a readable directory (%s)".formatted(e.getMessage()), e);
        }
    }

    /** Names of all entries, in the order in which they lie in the file. */
    List<String> names() {
        return List.copyOf(entries.keySet());
    }

    /**
     * Where the bytes of an entry begin.
     *
     * @throws io.fcnspark.weights.ModelException if there is no such entry, or it is compressed
     */
    long offset(String name) {
        ZipArchiveEntry entry = entry(name);
        if (!isStored(name)) {
            throw file.failure(
                    "has compressed the entry '%s', which is not how weights are stored".formatted(name),
                    "save the weights again with the tool that they come from");
        }
        return entry.getDataOffset();
    }

    /** Number of bytes of an entry when it is not compressed. */
    long size(String name) {
        return entry(name).getSize();
    }

    boolean isStored(String name) {
        return entry(name).getMethod() == ZipEntry.STORED;
    }

    /** The uncompressed bytes of an entry. */
    InputStream stream(String name) throws IOException {
        return zip.getInputStream(entry(name));
    }

    private ZipArchiveEntry entry(String name) {
        ZipArchiveEntry entry = entries.get(name);
        if (entry == null) {
            throw file.damaged("is a zip archive without the entry '%s'".formatted(name));
        }
        return entry;
    }
}
