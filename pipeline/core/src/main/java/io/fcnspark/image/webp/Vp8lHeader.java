package io.fcnspark.image.webp;

import java.io.EOFException;
import java.io.IOException;

/**
 * The first bytes of a lossless picture.
 *
 * @param width in pixels, positive
 * @param height in pixels, positive
 */
record Vp8lHeader(int width, int height) {
    private static final int SIGNATURE = 0x2f;

    /** Reads the header, and goes on to what follows it. */
    static Vp8lHeader of(LosslessBits in) throws IOException {
        int signature = in.number(8);
        int width = 1 + in.number(14);
        int height = 1 + in.number(14);
        // Whether there is transparency.
        in.flag();
        int version = in.number(3);
        if (in.exhausted()) {
            throw new EOFException("it ends within the header of its picture");
        }
        if (signature != SIGNATURE || version != 0) {
            throw new IOException("its lossless picture has signature %d and version %d".formatted(signature, version));
        }
        return new Vp8lHeader(width, height);
    }
}
