package io.fcnspark.labelling;

import io.fcnspark.image.ImageException;
import java.io.FileNotFoundException;
import java.io.IOException;

/** Where the bytes of images and truth come from. */
@FunctionalInterface
public interface FileBytes {
    /**
     * Reads a whole file.
     *
     * @throws FileNotFoundException if there is no such file
     * @throws IOException if the storage does not give it, which may pass
     * @throws ImageException if it is too large to be an image within the limits, which will not
     */
    byte[] read(String uri) throws IOException, ImageException;
}
