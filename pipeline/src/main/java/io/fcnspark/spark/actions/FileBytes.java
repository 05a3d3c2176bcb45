package io.fcnspark.spark.actions;

import io.fcnspark.image.ImageException;
import io.fcnspark.image.ImageException.Code;
import java.io.FileNotFoundException;
import java.io.IOException;

/** Where the bytes of images and truth come from. */
@FunctionalInterface
interface FileBytes {
    /**
     * Reads a whole file.
     *
     * @throws IOException if it is not there, cannot be read, or is too large for an array
     */
    byte[] read(String uri) throws IOException;

    /**
     * Reads a whole file that an image depends on.
     *
     * @param codeIfUnreadable what is wrong with the image if the file cannot be read
     * @throws ImageException with that code
     */
    default byte[] read(String uri, Code codeIfUnreadable) throws ImageException {
        try {
            return read(uri);
        } catch (FileNotFoundException e) {
            throw new ImageException(codeIfUnreadable, "%s does not exist".formatted(uri), e);
        } catch (IOException e) {
            throw new ImageException(codeIfUnreadable, "%s cannot be read: %s".formatted(uri, e.getMessage()), e);
        }
    }
}
