package io.fcnspark.shards;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A stored file that is in memory, counts how often it is opened and how much of it is read, and fails where told to. */
final class MemoryFile implements StoredFile {
    private final byte[] bytes;
    private final long failsAt;
    private int failuresLeft;
    private int opened;
    private long bytesRead;

    MemoryFile(byte[] bytes) {
        this(bytes, Long.MAX_VALUE, 0);
    }

    /**
     * @param failsAt position of the first byte that is not given
     * @param failures how often it is not given
     */
    MemoryFile(byte[] bytes, long failsAt, int failures) {
        this.bytes = bytes;
        this.failsAt = failsAt;
        this.failuresLeft = failures;
    }

    int opened() {
        return opened;
    }

    long bytesRead() {
        return bytesRead;
    }

    @Override
    public long length() {
        return bytes.length;
    }

    @Override
    public InputStream open(long position) {
        opened++;
        int start = Math.toIntExact(position);
        return new FilterInputStream(new ByteArrayInputStream(bytes, start, bytes.length - start)) {
            private long next = start;

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                long left = failuresLeft > 0 ? failsAt - next : Long.MAX_VALUE;
                if (left <= 0) {
                    failuresLeft--;
                    throw new IOException("connection reset");
                }
                int count = super.read(target, offset, (int) Math.min(left, length));
                next += Math.max(0, count);
                bytesRead += Math.max(0, count);
                return count;
            }
        };
    }
}
