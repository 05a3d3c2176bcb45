package io.fcnspark.shards;

import io.fcnspark.shards.DamagedShardException.Kind;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * The files in a shard, from its first to its last. Links, folders and devices are left out. Whatever the shard holds, memory
 * is bounded, and the work by what is stored: the data of entries are skipped, and a compressed shard that expands beyond
 * {@value #MOST_EXPANSION} times its length (or {@value #FREE_EXPANSION} bytes, if that is more) counts as damaged from there.
 */
public final class ShardReader implements AutoCloseable {
    private static final long MOST_EXPANSION = 100;
    private static final long FREE_EXPANSION = 64 << 20;

    private static final int BUFFER = 1 << 16;

    private final StoredInput stored;
    private final ShardFormat format;
    private final long mostBytes;
    private TarInput tar;
    private TarArchiveInputStream archive;
    private long count;

    /** A reader at the beginning of a shard. Nothing is read yet. */
    public ShardReader(StoredFile file, ShardFormat format) {
        this(format, file.length(), new StoredInput(file, 0, StoredInput.DELAYS));
    }

    ShardReader(ShardFormat format, long length, StoredInput stored) {
        this.stored = stored;
        this.format = format;
        this.mostBytes = format == ShardFormat.TAR ? Long.MAX_VALUE : Math.max(FREE_EXPANSION, MOST_EXPANSION * length);
    }

    /** A stream over the tar's own bytes. */
    static InputStream plain(InputStream stored, ShardFormat format) throws IOException {
        InputStream buffered = new BufferedInputStream(stored, BUFFER);
        return format == ShardFormat.TAR ? buffered : new GZIPInputStream(buffered, BUFFER);
    }

    /**
     * The next file; empty after the last one.
     *
     * @throws DamagedShardException if the shard ends or breaks here, or goes on behind the mark of its end
     * @throws IOException if the storage does not give it
     */
    public Optional<ShardEntry> next() throws DamagedShardException, IOException {
        try {
            if (archive == null) {
                tar = new TarInput(plain(stored, format), mostBytes);
                // In blocks of a record, so that it skips nothing behind the end. As bytes: names are decoded below.
                archive = new TarArchiveInputStream(
                        tar,
                        TarConstants.DEFAULT_RCDSIZE,
                        TarConstants.DEFAULT_RCDSIZE,
                        StandardCharsets.ISO_8859_1.name());
            }
            for (TarArchiveEntry entry = advance(); entry != null; entry = advance()) {
                if (isPlainFile(entry)) {
                    count++;
                    return Optional.of(new ShardEntry(
                            name(entry),
                            entry.isSparse() ? ShardEntry.SCATTERED : tar.position(),
                            entry.isSparse() ? entry.getRealSize() : entry.getSize()));
                }
            }
            requireEnd();
            requireNothingBehind();
            return Optional.empty();
        } catch (DamagedShardException e) {
            throw e;
        } catch (IOException | RuntimeException | StackOverflowError e) {
            Optional<IOException> failure = stored.failure();
            if (failure.isPresent()) {
                throw failure.get();
            }
            throw new DamagedShardException(
                    Kind.BROKEN,
                    "after %d files, at byte %d: %s".formatted(count, tar == null ? 0 : tar.position(), reason(e)),
                    e);
        }
    }

    private TarArchiveEntry advance() throws IOException {
        // What lies between two entries is data, however long; what follows is headers.
        while (archive.getCurrentEntry() != null && archive.skip(Long.MAX_VALUE) > 0) {}
        tar.beginHeader();
        TarArchiveEntry entry = archive.getNextTarEntry();
        tar.endHeader();
        if (entry != null && !entry.isCheckSumOK()) {
            throw new IOException("the checksum of an entry's header is wrong");
        }
        return entry;
    }

    private void requireEnd() throws IOException {
        if (!tar.ended()) {
            throw new IOException(tar.position() == 0 ? "it is empty" : "it has no mark of its end: it may be cut off");
        }
    }

    /** Zeros may follow, to fill a block. */
    private void requireNothingBehind() throws IOException, DamagedShardException {
        byte[] buffer = new byte[BUFFER];
        for (int read = tar.read(buffer); read >= 0; read = tar.read(buffer)) {
            for (int i = 0; i < read; i++) {
                if (buffer[i] != 0) {
                    throw new DamagedShardException(
                            Kind.CONTINUED,
                            "after %d files comes the mark of its end, and at byte %d it goes on, as tars do that cat has put together: pack it anew, or join tars with tar -A"
                                    .formatted(count, tar.position() - read + i),
                            null);
                }
            }
        }
    }

    private static boolean isPlainFile(TarArchiveEntry entry) {
        return entry.isFile()
                && !entry.isDirectory()
                && !entry.isLink()
                && !entry.isSymbolicLink()
                && !entry.isCharacterDevice()
                && !entry.isBlockDevice()
                && !entry.isFIFO();
    }

    /** The name, from UTF-8 where that is what it is; other encodings as if they were Latin 1, so that no two become equal. */
    private static String name(TarArchiveEntry entry) {
        String name = entry.getName();
        if (name.chars().allMatch(c -> c < 256)) {
            try {
                name = StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(name.getBytes(StandardCharsets.ISO_8859_1)))
                        .toString();
            } catch (CharacterCodingException e) {
                // It stays as it is.
            }
        }
        return name.replaceFirst("^(\\./+)+", "");
    }

    private static String reason(Throwable e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    @Override
    public void close() {
        try {
            if (archive != null) {
                archive.close();
            }
        } catch (IOException e) {
            // Nothing was written, so nothing is lost.
        }
        stored.close();
    }
}
