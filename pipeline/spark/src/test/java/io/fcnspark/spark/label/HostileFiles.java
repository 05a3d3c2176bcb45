package io.fcnspark.spark.label;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/** Image files that somebody has meddled with. The same index always gives the same bytes. */
final class HostileFiles {
    private static final int[] LENGTHS = {0, 1, -1, 0x7fffffff, 0x80000000, 0xffff, 0x10000, 0x7fff, 1 << 20, 1 << 30};
    private static final int PNG_SIGNATURE = 0x89504e47;
    private static final int PNG_FRAME = 12;

    private final List<byte[]> good;

    /** From the files of all formats that the tests of decoding use, in a folder or in their jar. */
    HostileFiles() {
        try {
            URI picture =
                    HostileFiles.class.getResource("/io/fcnspark/image/rgb.png").toURI();
            if (picture.getScheme().equals("jar")) {
                try (FileSystem jar = FileSystems.newFileSystem(picture, Map.of())) {
                    this.good = good(jar.getPath("/io/fcnspark/image"));
                }
            } else {
                this.good = good(Path.of(picture).getParent());
            }
        } catch (IOException | URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<byte[]> good(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().matches(".*\\.(jpg|png|gif|bmp|tif|webp)"))
                    .sorted(Comparator.comparing(Path::toString))
                    .map(HostileFiles::bytes)
                    .toList();
        }
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A file, meddled with in one to eight ways. */
    byte[] file(int index) {
        return meddled(good.get(index % good.size()), new Random(index));
    }

    /** Some bytes, meddled with in one to eight ways. */
    byte[] meddled(byte[] bytes, Random random) {
        byte[] bad = bytes.clone();
        int times = 1 + random.nextInt(random.nextInt(4) == 0 ? 8 : 2);
        for (int i = 0; i < times && bad.length > 4; i++) {
            bad = meddledOnce(bad, random);
        }
        return withPngChecksums(bad);
    }

    private byte[] meddledOnce(byte[] bytes, Random random) {
        // Headers are where the interesting numbers are.
        int at = random.nextInt(random.nextBoolean() ? bytes.length : Math.min(bytes.length, 200));
        switch (random.nextInt(6)) {
            case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bytes[at] = (byte) random.nextInt(256);
            case 2 -> putLength(bytes, Math.min(at, bytes.length - 4), random);
            case 3 -> {
                return Arrays.copyOf(bytes, 1 + at);
            }
            case 4 -> {
                return spliced(bytes, bytes, at, random);
            }
            default -> {
                return spliced(bytes, good.get(random.nextInt(good.size())), at, random);
            }
        }
        return bytes;
    }

    private static void putLength(byte[] bytes, int at, Random random) {
        ByteBuffer buffer =
                ByteBuffer.wrap(bytes).order(random.nextBoolean() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        int length = random.nextBoolean() ? LENGTHS[random.nextInt(LENGTHS.length)] : random.nextInt();
        if (random.nextBoolean()) {
            buffer.putInt(at, length);
        } else {
            buffer.putShort(at, (short) length);
        }
    }

    /** A piece of one file within another, in the place of what was there, or between it. */
    private static byte[] spliced(byte[] into, byte[] from, int at, Random random) {
        int start = random.nextInt(from.length);
        int length = 1 + random.nextInt(Math.min(from.length - start, 400));
        int resume = random.nextBoolean() ? at : Math.min(into.length, at + length);
        ByteBuffer out = ByteBuffer.allocate(at + length + into.length - resume);
        out.put(into, 0, at).put(from, start, length).put(into, resume, into.length - resume);
        return out.array();
    }

    /** Lets what was done to a PNG through to what is behind the checksums. */
    private static byte[] withPngChecksums(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        if (bytes.length < 20 || buffer.getInt(0) != PNG_SIGNATURE) {
            return bytes;
        }
        for (long at = 8; at + PNG_FRAME <= bytes.length; ) {
            long length = Integer.toUnsignedLong(buffer.getInt((int) at));
            if (at + PNG_FRAME + length > bytes.length) {
                break;
            }
            CRC32 crc = new CRC32();
            crc.update(bytes, (int) at + 4, (int) length + 4);
            buffer.putInt((int) (at + 8 + length), (int) crc.getValue());
            at += PNG_FRAME + length;
        }
        return bytes;
    }
}
