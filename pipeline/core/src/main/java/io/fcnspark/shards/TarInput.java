package io.fcnspark.shards;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * The bytes of a tar as the library reads them, counted. Bounds what the library would take on trust: the length of headers,
 * which it holds in memory, and what a compressed tar expands to.
 */
final class TarInput extends FilterInputStream {
    /** All headers of one entry. Names have 4096 bytes at most on the systems that there are. */
    static final int MOST_HEADER_BYTES = 1 << 16;

    private static final int RECORD = 512;

    /** How times in headers begin. */
    private static final List<String> TIMES = List.of(" atime=", " ctime=", " mtime=", " LIBARCHIVE.creationtime=");

    private static final int LONGEST_TIME = 32;

    private final long mostBytes;
    private long position;
    private long headerEnd = Long.MAX_VALUE;
    private int zeros;
    private boolean ended;
    private boolean inTime;
    private final StringBuilder last = new StringBuilder();

    /**
     * @param mostBytes more are an error
     */
    TarInput(InputStream in, long mostBytes) {
        super(in);
        this.mostBytes = mostBytes;
    }

    /** Bytes read so far. */
    long position() {
        return position;
    }

    /** What is read next, until {@link #endHeader}, is headers. */
    void beginHeader() {
        headerEnd = position + MOST_HEADER_BYTES;
        zeros = 0;
        ended = false;
        inTime = false;
        last.setLength(0);
    }

    void endHeader() {
        headerEnd = Long.MAX_VALUE;
    }

    /** Whether the mark of the end, a record of zeros, has been read. */
    boolean ended() {
        return ended;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int count = super.read(bytes, offset, length);
        if (count > 0) {
            advance(count);
            if (headerEnd != Long.MAX_VALUE) {
                check(bytes, offset, count);
            }
        }
        return count;
    }

    @Override
    public long skip(long count) throws IOException {
        long skipped = super.skip(Math.min(count, mostBytes - position));
        advance(skipped);
        return skipped;
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    private void advance(long count) throws IOException {
        position += count;
        if (position > headerEnd) {
            throw new IOException("an entry's headers have more than %d bytes".formatted(MOST_HEADER_BYTES));
        }
        if (position > mostBytes) {
            throw new IOException(
                    "it expands to more than %d bytes, as no images do: a decompression bomb".formatted(mostBytes));
        }
    }

    /**
     * Refuses a time with an exponent, "mtime=1e9999999": before version 1.24 the library computes the power of ten in full, for
     * days (CVE-2023-42503), and Spark 3.5 brings 1.23.
     */
    private void check(byte[] bytes, int offset, int count) throws IOException {
        for (int i = offset; i < offset + count; i++) {
            char c = (char) bytes[i];
            zeros = c == 0 ? zeros + 1 : 0;
            ended |= zeros >= RECORD;
            if (inTime && (c == 'e' || c == 'E')) {
                throw new IOException("a time in an entry's headers has an exponent");
            }
            last.append(c);
            inTime = c != '\n' && (inTime || (c == '=' && TIMES.stream().anyMatch(this::endsWith)));
            if (last.length() > 2 * LONGEST_TIME) {
                last.delete(0, LONGEST_TIME);
            }
        }
    }

    private boolean endsWith(String end) {
        return last.length() >= end.length() && last.indexOf(end, last.length() - end.length()) >= 0;
    }
}
