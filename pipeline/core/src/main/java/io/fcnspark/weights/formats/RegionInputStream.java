package io.fcnspark.weights.formats;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;

/** A part of a file, read through a small buffer; knows its position in the file, and skips without reading. */
final class RegionInputStream extends InputStream {
    private static final int BUFFER = 1 << 16;

    private final SourceFile file;
    private final long end;
    private long position;
    private ByteBuffer buffer = ByteBuffer.allocate(0);

    RegionInputStream(SourceFile file, long offset, long end) {
        this.file = file;
        this.position = offset;
        this.end = end;
    }

    /** Offset in the file of the byte that is read next. */
    long position() {
        return position - buffer.remaining();
    }

    /** Bytes from the position to the end of the part. */
    long left() {
        return end - position();
    }

    @Override
    public int read() throws IOException {
        return fill() ? buffer.get() & 0xff : -1;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int count = Math.min(length, buffer.remaining());
        buffer.get(bytes, offset, count);
        return count;
    }

    /** Moves on, by less than {@code count} only if the part ends before. */
    @Override
    public long skip(long count) {
        long target = position() + Math.max(0, Math.min(count, left()));
        long skipped = target - position();
        if (skipped <= buffer.remaining()) {
            buffer.position(buffer.position() + (int) skipped);
        } else {
            buffer = ByteBuffer.allocate(0);
            position = target;
        }
        return skipped;
    }

    private boolean fill() throws IOException {
        if (!buffer.hasRemaining()) {
            int count = (int) Math.min(BUFFER, end - position);
            if (count <= 0) {
                return false;
            }
            buffer = file.bytes(position, count);
            position += count;
        }
        return true;
    }
}
