package io.fcnspark.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A SHA-256 that bytes are added to bit by bit. */
public final class Sha256 {
    private static final int CHUNK = 1 << 20;

    private final MessageDigest digest;

    Sha256() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** The hash of a file's bytes, 64 hex digits in lower case. */
    public static String of(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return of(channel);
        }
    }

    /** The hash of all bytes of an open file. */
    static String of(FileChannel channel) throws IOException {
        Sha256 hash = new Sha256();
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
        for (long position = 0; channel.read(chunk, position) >= 0; chunk.clear()) {
            position += chunk.position();
            hash.digest.update(chunk.flip());
        }
        return hash.hex();
    }

    /** Adds the bytes from the buffer's position to its limit; the buffer itself stays as it is. */
    void add(ByteBuffer bytes) {
        digest.update(bytes.duplicate());
    }

    /** The hash, 64 hex digits in lower case. Nothing can be added afterwards. */
    String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
