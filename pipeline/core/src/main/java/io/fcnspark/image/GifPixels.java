package io.fcnspark.image;

import io.fcnspark.image.ImageException.Code;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;

/** The pixels of a frame of a GIF: codes of 2 to 12 bits for strings of pixels that came before (LZW). */
final class GifPixels {
    private static final int MOST_CODE_BITS = 12;
    private static final int CODES = 1 << MOST_CODE_BITS;

    private final byte[] bytes;
    /** Offset of the next byte, and where its block ends. */
    private int at;

    private int blockEnd;
    private int bits;
    private int bitCount;

    /** The string of a code: that of another and one more pixel. */
    private final short[] prefixes = new short[CODES];

    private final byte[] lasts = new byte[CODES];
    private final short[] lengths = new short[CODES];

    private GifPixels(byte[] bytes, int at) {
        this.bytes = bytes;
        this.at = at;
        this.blockEnd = at;
    }

    /**
     * Reads all pixels.
     *
     * @param at offset of the size of the codes, behind which the blocks follow, up to their end
     * @param pixels receives an index each
     */
    static void read(byte[] bytes, int at, byte[] pixels) throws IOException, ImageException {
        int rootBits = bytes[at] & 0xff;
        if (rootBits < 1 || rootBits >= MOST_CODE_BITS) {
            throw new ImageException(
                    Code.UNSUPPORTED, "GIF with codes of %d bits: expected 1 to 11".formatted(rootBits));
        }
        new GifPixels(bytes, at + 1).read(rootBits, pixels);
    }

    private void read(int rootBits, byte[] pixels) throws IOException {
        int clear = 1 << rootBits;
        int end = clear + 1;
        for (int code = 0; code < clear; code++) {
            lasts[code] = (byte) code;
            lengths[code] = 1;
        }
        int next = end + 1;
        int codeBits = rootBits + 1;
        int before = -1;
        for (int to = 0; to < pixels.length; ) {
            int code = code(codeBits);
            if (code == clear) {
                next = end + 1;
                codeBits = rootBits + 1;
                before = -1;
                if (Thread.currentThread().isInterrupted()) {
                    throw new InterruptedIOException("it takes too long");
                }
                continue;
            }
            if (code == end) {
                throw new EOFException("its frame ends after %d of %d pixels".formatted(to, pixels.length));
            }
            if (code > next || (code == next && (before < 0 || next == CODES)) || (before < 0 && code >= clear)) {
                throw new IOException("a code of its frame has no meaning, at pixel %d".formatted(to));
            }
            if (before >= 0 && next < CODES) {
                // The string before, and the first pixel of this one; which may be the very string that is defined
                // here.
                prefixes[next] = (short) before;
                lengths[next] = (short) (lengths[before] + 1);
                lasts[next] = first(code == next ? before : code);
                next++;
                if (next == 1 << codeBits && codeBits < MOST_CODE_BITS) {
                    codeBits++;
                }
            }
            to = put(code, pixels, to);
            before = code;
        }
    }

    private byte first(int code) {
        int c = code;
        while (lengths[c] > 1) {
            c = prefixes[c];
        }
        return lasts[c];
    }

    /** Writes a string, as far as there is room, and gives where the next begins. */
    private int put(int code, byte[] pixels, int to) {
        int end = to + lengths[code];
        int c = code;
        for (int i = end - 1; i >= to; i--) {
            if (i < pixels.length) {
                pixels[i] = lasts[c];
            }
            c = prefixes[c];
        }
        return end;
    }

    private int code(int codeBits) throws IOException {
        while (bitCount < codeBits) {
            if (at == blockEnd) {
                int length = at < bytes.length ? bytes[at] & 0xff : 0;
                if (length == 0 || at + 1 + length > bytes.length) {
                    throw new EOFException("its frame ends before its last pixel");
                }
                at++;
                blockEnd = at + length;
            }
            bits |= (bytes[at++] & 0xff) << bitCount;
            bitCount += 8;
        }
        int code = bits & ((1 << codeBits) - 1);
        bits >>>= codeBits;
        bitCount -= codeBits;
        return code;
    }
}
