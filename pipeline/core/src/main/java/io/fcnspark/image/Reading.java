package io.fcnspark.image;

import java.io.IOException;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/** One use of a reader on bytes in memory. */
final class Reading {
    private Reading() {}

    /** What is done with a reader. */
    @FunctionalInterface
    interface Use<T> {
        T apply(ImageReader reader) throws IOException, ImageException;
    }

    /** Opens the bytes, uses the reader, and disposes of it. Metadata is not parsed, so broken metadata does no harm. */
    static <T> T with(ImageReader reader, byte[] bytes, Use<T> use) throws IOException, ImageException {
        try (ImageInputStream in = new ByteArrayInput(bytes)) {
            reader.setInput(in, true, true);
            return use.apply(reader);
        } finally {
            reader.dispose();
        }
    }
}
