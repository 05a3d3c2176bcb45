package io.fcnspark.weights;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** Writes files that are either there completely or not at all. */
public final class AtomicFile {
    private AtomicFile() {}

    /** What fills the file. */
    public interface Body<T> {
        T write(FileChannel channel) throws IOException;
    }

    /**
     * Writes beside {@code file} and renames when all is on disk. A file that was there before is replaced, and stays as it
     * was for whoever has it open or mapped.
     *
     * @return what {@code body} returns
     */
    public static <T> T write(Path file, Body<T> body) throws IOException {
        Path absolute = file.toAbsolutePath();
        // Not Files.createTempFile: its files are readable by their owner only, and a rename keeps that.
        Path temporary = absolute.resolveSibling("." + absolute.getFileName() + "." + UUID.randomUUID() + ".tmp");
        try {
            T result;
            try (FileChannel channel =
                    FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                result = body.write(channel);
                channel.force(true);
            }
            Files.move(temporary, absolute, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return result;
        } finally {
            Files.deleteIfExists(temporary);
        }
    }
}
