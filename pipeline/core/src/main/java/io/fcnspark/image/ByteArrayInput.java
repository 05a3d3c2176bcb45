package io.fcnspark.image;

import javax.imageio.stream.ImageInputStreamImpl;

/**
 * Bytes in memory as the input of a reader. Some readers take the end of the file for endless zeros, and on hostile bytes go
 * on for minutes: those that keep reading there are stopped.
 */
final class ByteArrayInput extends ImageInputStreamImpl {
    /** Readers may look ahead a few bytes, and probe for what may follow; none does so often. */
    private static final int MAX_READS_AT_END = 4096;

    private final byte[] bytes;
    private int readsAtEnd;

    ByteArrayInput(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Thrown instead of an {@link java.io.IOException}, which the readers in question catch. */
    static final class PastEnd extends RuntimeException {
        PastEnd() {
            super("it reads on and on after the last byte");
        }
    }

    /** Thrown when the thread is interrupted, since nobody waits for the image any more. */
    static final class Unwanted extends RuntimeException {
        Unwanted() {
            super("it takes too long");
        }
    }

    @Override
    public int read() {
        bitOffset = 0;
        requireWanted();
        if (streamPos >= bytes.length) {
            return end();
        }
        return bytes[(int) streamPos++] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) {
        bitOffset = 0;
        if (length == 0) {
            return 0;
        }
        requireWanted();
        if (streamPos >= bytes.length) {
            return end();
        }
        int count = (int) Math.min(length, bytes.length - streamPos);
        System.arraycopy(bytes, (int) streamPos, to, offset, count);
        streamPos += count;
        return count;
    }

    private static void requireWanted() {
        if (Thread.currentThread().isInterrupted()) {
            throw new Unwanted();
        }
    }

    private int end() {
        if (++readsAtEnd > MAX_READS_AT_END) {
            throw new PastEnd();
        }
        return -1;
    }

    @Override
    public long length() {
        return bytes.length;
    }
}
