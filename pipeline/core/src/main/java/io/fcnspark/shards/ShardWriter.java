package io.fcnspark.shards;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Writes a shard. The same entries give the same bytes: they have no owner, and all are from 1970. */
public final class ShardWriter implements AutoCloseable {
    private final TarArchiveOutputStream archive;

    /**
     * A writer of an empty shard.
     *
     * @param out closed with the writer
     */
    public ShardWriter(OutputStream out) {
        archive = new TarArchiveOutputStream(out, StandardCharsets.UTF_8.name());
        archive.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        archive.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
        archive.setAddPaxHeadersForNonAsciiNames(true);
    }

    /** Adds a file. */
    public void add(String name, byte[] bytes) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(bytes.length);
        entry.setModTime(0);
        archive.putArchiveEntry(entry);
        archive.write(bytes);
        archive.closeArchiveEntry();
    }

    /** Writes the mark of the end, without which a shard counts as cut off. */
    @Override
    public void close() throws IOException {
        archive.close();
    }
}
