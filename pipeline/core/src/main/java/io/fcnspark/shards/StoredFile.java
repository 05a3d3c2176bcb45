package io.fcnspark.shards;

import java.io.IOException;
import java.io.InputStream;

/** A file in some storage, which may fail now and then. */
public interface StoredFile {
    /** Its length in bytes. */
    long length();

    /**
     * Begins to read.
     *
     * @param position of the first byte to be read, at most the length
     * @throws java.io.FileNotFoundException if it is not there any more
     * @throws IOException if the storage does not give it
     */
    InputStream open(long position) throws IOException;
}
