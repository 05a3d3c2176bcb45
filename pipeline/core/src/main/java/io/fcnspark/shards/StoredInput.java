package io.fcnspark.shards;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The bytes of a stored file from some position on. What the storage fails to give is asked for again after a while, from
 * where it broke off. Large gaps are jumped over, not read. Remembers why the storage finally failed, since those who read
 * through it may take that for the end of a damaged file.
 */
final class StoredInput extends InputStream {
    /** On top of what the storage's own client does: S3A, for one, retries for minutes. */
    static final List<Duration> DELAYS = List.of(Duration.ofSeconds(1), Duration.ofSeconds(4));

    /** Reading so much takes about as long as a request to an object store. */
    private static final long JUMP = 4 << 20;

    private static final int SKIP_BUFFER = 1 << 16;

    private final StoredFile file;
    private final List<Duration> delays;
    private InputStream in;
    private long position;
    private IOException failure;

    StoredInput(StoredFile file, long position, List<Duration> delays) {
        this.file = file;
        this.position = position;
        this.delays = delays;
    }

    /** Why the storage did not give what was asked for; empty as long as it did. */
    Optional<IOException> failure() {
        return Optional.ofNullable(failure);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (failure != null) {
            throw failure;
        }
        for (int failures = 0; ; failures++) {
            try {
                if (in == null) {
                    in = file.open(position);
                }
                int count = in.read(bytes, offset, length);
                if (count > 0) {
                    position += count;
                }
                return count;
            } catch (IOException e) {
                abandon();
                if (e instanceof FileNotFoundException || failures == delays.size() || !slept(delays.get(failures))) {
                    failure = e;
                    throw e;
                }
            }
        }
    }

    @Override
    public long skip(long count) throws IOException {
        long target = Math.min(file.length(), count > file.length() - position ? file.length() : position + count);
        long from = position;
        if (target - position > JUMP) {
            abandon();
            position = target;
        }
        byte[] skipped = new byte[(int) Math.max(0, Math.min(SKIP_BUFFER, target - position))];
        while (position < target && read(skipped, 0, (int) Math.min(skipped.length, target - position)) >= 0) {}
        return position - from;
    }

    /** Not zero before the end: those that read compressed files in several parts would stop after the first. */
    @Override
    public int available() {
        return position < file.length() ? 1 : 0;
    }

    @Override
    public void close() {
        abandon();
    }

    private void abandon() {
        if (in != null) {
            try {
                in.close();
            } catch (IOException e) {
                // Nothing was written, so nothing is lost.
            }
            in = null;
        }
    }

    /** Waits; false if it was interrupted, by those who no longer need the file. */
    private static boolean slept(Duration delay) {
        try {
            Thread.sleep(delay.toMillis());
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
