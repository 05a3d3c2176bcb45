package io.fcnspark.weights;

import java.io.IOException;
import java.util.Set;

/**
 * The folder of a bundle, wherever it is: what {@link ModelBundle#replace} takes of a file system. Each operation may fail, or the
 * process end in the midst of it, at any time.
 */
public interface BundleStore {
    /** Names of all files in the folder; none if there is no folder. */
    Set<String> names() throws IOException;

    /** The text of a file, which exists. */
    String text(String name) throws IOException;

    /** Writes a file, so that whoever reads it meanwhile sees all of the old file or all of the new one. */
    void putText(String text, String name) throws IOException;

    /** Gives a file another name, which no file has. The file may have both names for a while, but never neither. */
    void move(String from, String to) throws IOException;

    /** Deletes a file, which exists. */
    void delete(String name) throws IOException;
}
