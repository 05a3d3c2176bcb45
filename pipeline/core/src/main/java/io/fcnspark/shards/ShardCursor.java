package io.fcnspark.shards;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * Reads entries of a shard by their place. Those further on than the last one cost what lies between them, or less; going back
 * costs a beginning anew.
 */
public final class ShardCursor implements AutoCloseable {
    private final StoredFile file;
    private final ShardFormat format;
    private StoredInput stored;
    private InputStream in;
    private long position;

    /** A cursor at the beginning of a shard. Nothing is read yet. */
    public ShardCursor(StoredFile file, ShardFormat format) {
        this.file = file;
        this.format = format;
    }

    /**
     * Reads some bytes of the tar.
     *
     * @param offset of the first one, in the tar as it is without compression
     * @param bytes how many; as much memory is taken if there are as many
     * @throws DamagedShardException if the shard ends or breaks before the last of them
     * @throws FileNotFoundException if the shard is not there any more
     * @throws IOException if the storage does not give them
     */
    public byte[] read(long offset, int bytes) throws DamagedShardException, IOException {
        try {
            if (in == null || offset < position) {
                begin(offset);
            }
            skipTo(offset);
            byte[] data = in.readNBytes(bytes);
            position += data.length;
            if (data.length < bytes) {
                throw new IOException("the shard ends after %d of the entry's %d bytes".formatted(data.length, bytes));
            }
            return data;
        } catch (IOException | StackOverflowError e) {
            Optional<IOException> failure = stored == null ? Optional.empty() : stored.failure();
            close();
            if (failure.isPresent()) {
                throw failure.get();
            }
            throw new DamagedShardException(
                    DamagedShardException.Kind.BROKEN,
                    "the shard is damaged at byte %d: %s".formatted(position, e.getMessage()),
                    e);
        }
    }

    private void begin(long offset) throws IOException {
        close();
        position = format == ShardFormat.TAR ? Math.min(offset, file.length()) : 0;
        stored = new StoredInput(file, position, StoredInput.DELAYS);
        in = ShardReader.plain(stored, format);
    }

    private void skipTo(long offset) throws IOException {
        while (position < offset) {
            long skipped = in.skip(offset - position);
            if (skipped <= 0) {
                // At the end or not: only reading tells.
                if (in.read() < 0) {
                    throw new IOException("the shard ends before the entry");
                }
                skipped = 1;
            }
            position += skipped;
        }
    }

    @Override
    public void close() {
        if (stored != null) {
            try {
                if (in != null) {
                    in.close();
                }
            } catch (IOException e) {
                // Nothing was written, so nothing is lost.
            }
            stored.close();
        }
        in = null;
        stored = null;
    }
}
