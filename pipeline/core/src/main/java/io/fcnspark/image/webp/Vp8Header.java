package io.fcnspark.image.webp;

import java.io.EOFException;
import java.io.IOException;

/**
 * The first bytes of a lossy picture (RFC 6386, section 9.1).
 *
 * @param width in pixels, positive
 * @param height in pixels, positive
 * @param modesAt offset of the first partition, which holds the modes of prediction
 * @param modesEnd its end
 */
record Vp8Header(int width, int height, int modesAt, int modesEnd) {
    private static final int BYTES = 10;

    /** Reads the header of the picture from {@code start} up to {@code end}. */
    static Vp8Header of(byte[] bytes, int start, int end) throws IOException {
        if (end - start < BYTES) {
            throw new EOFException("it ends within the header of its picture");
        }
        int tag = number(bytes, start, 3);
        if ((tag & 1) != 0 || ((tag >> 4) & 1) == 0 || number(bytes, start + 3, 3) != 0x2a019d) {
            throw new IOException("its picture does not begin as one that stands alone");
        }
        int width = number(bytes, start + 6, 2) & 0x3fff;
        int height = number(bytes, start + 8, 2) & 0x3fff;
        if (width == 0 || height == 0) {
            throw new IOException("its picture has %dx%d pixels".formatted(width, height));
        }
        return new Vp8Header(width, height, start + BYTES, start + BYTES + (tag >> 5));
    }

    /** An unsigned number of some bytes, the lowest first. */
    static int number(byte[] bytes, int at, int count) {
        int number = 0;
        for (int i = count - 1; i >= 0; i--) {
            number = (number << 8) | (bytes[at + i] & 0xff);
        }
        return number;
    }
}
