package io.fcnspark.image;

import java.awt.image.BufferedImage;
import java.io.IOException;

/**
 * How files of one format are read. Bytes are hostile: methods may fail with any {@link IOException} or
 * {@link RuntimeException}, which {@link ImageDecoder} turns into an {@link ImageException}.
 */
interface ImageFormat {
    /** The name for messages. */
    String name();

    /** Whether the first bytes are those of this format. */
    boolean matches(byte[] bytes);

    /** Reads the header; allocates no pixels. */
    ImageHeader header(byte[] bytes) throws IOException, ImageException;

    /** Bytes of memory for each pixel that {@link #read} takes, at most, of a file that has a header. */
    int bytesPerPixel(byte[] bytes) throws IOException, ImageException;

    /** Decodes the pixels as stored, of the header's size. */
    BufferedImage read(byte[] bytes) throws IOException, ImageException;
}
