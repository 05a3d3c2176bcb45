package io.fcnspark.spark.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fcnspark.image.ImageException;
import io.fcnspark.image.ImageException.Code;
import io.fcnspark.labelling.ImageFile;
import io.fcnspark.shards.ShardEntry;
import io.fcnspark.shards.ShardFormat;
import io.fcnspark.shards.ShardReader;
import io.fcnspark.shards.ShardWriter;
import io.fcnspark.spark.pack.ShardFolder;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Timestamp;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Shards on a file system of Hadoop's: written whole or not at all, and read as they were listed or not at all. */
class ShardStorageTest {
    private static final long MOST_BYTES = 1000;

    private final Configuration configuration = new Configuration();

    @TempDir
    private Path root;

    private ShardFolder folder() {
        return new ShardFolder(root.resolve("shards").toString(), configuration);
    }

    private static void writeTwo(OutputStream out) throws IOException {
        try (ShardWriter writer = new ShardWriter(out)) {
            writer.add("a.jpg", new byte[100]);
            writer.add("b.jpg", new byte[] {1, 2, 3});
        }
    }

    private List<String> visible() throws IOException {
        try (Stream<Path> files = Files.list(root.resolve("shards"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.endsWith(".crc"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void aShardAppearsWholeOrNotAtAll() throws IOException {
        ShardFolder folder = folder();
        assertThat(folder.shards()).isEmpty();
        folder.prepare();
        assertThatThrownBy(() -> folder.write("x.tar", 1, out -> {
                    out.write(new byte[100_000]);
                    assertThat(folder.shards()).isEmpty();
                    throw new IOException("disk full");
                }))
                .hasMessage("disk full");
        assertThat(visible()).isEmpty();

        long length = folder.write("x.tar", 2, ShardStorageTest::writeTwo);
        assertThat(root.resolve("shards/x.tar")).hasSize(length);
        // A second attempt at the same, as speculation has them.
        assertThat(folder.write("x.tar", 3, ShardStorageTest::writeTwo)).isEqualTo(length);
        folder.write("y.tar", 4, ShardStorageTest::writeTwo);
        Files.write(root.resolve("shards/.z.tar.7.unfinished"), new byte[10]);
        folder.prepare();
        folder.retain(Set.of("y.tar"));
        assertThat(visible()).containsExactly("y.tar");
        assertThat(folder.shards()).containsExactly("y.tar");
    }

    @Test
    void entriesAreReadAsListedOrNotAtAll() throws Exception {
        ShardFolder folder = folder();
        folder.prepare();
        folder.write("x.tar", 1, ShardStorageTest::writeTwo);
        Path file = root.resolve("shards/x.tar");
        String uri = file.toUri().toString();
        ImageFile listed = new ImageFile(
                uri + "!/b.jpg", new Timestamp(Files.getLastModifiedTime(file).toMillis()), 3L);
        long offset = offsetOf("b.jpg", file);
        try (ShardBytes bytes = new ShardBytes(configuration, MOST_BYTES)) {
            assertThat(bytes.read(listed, uri, offset, 3)).containsExactly(1, 2, 3);
            assertRejected(Code.TOO_LARGE, () -> bytes.read(listed, uri, offset, 1L << 50));
            assertRejected(Code.TRUNCATED, () -> bytes.read(listed, uri, 1L << 30, 3));
            assertThatThrownBy(() -> bytes.read(listed, uri.replace("x.tar", "none.tar"), offset, 3))
                    .isInstanceOf(FileNotFoundException.class);
        }
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_700_000_000_000L));
        try (ShardBytes bytes = new ShardBytes(configuration, MOST_BYTES)) {
            assertRejected(Code.UNREADABLE, () -> bytes.read(listed, uri, offset, 3));
        }
    }

    private long offsetOf(String name, Path file) throws Exception {
        try (ShardReader reader = new ShardReader(
                new StoredShard(new org.apache.hadoop.fs.Path(file.toUri()), Files.size(file), configuration),
                ShardFormat.TAR)) {
            Optional<ShardEntry> entry = reader.next();
            while (!entry.orElseThrow().name().equals(name)) {
                entry = reader.next();
            }
            return entry.get().offset();
        }
    }

    private static void assertRejected(Code code, ThrowingCallable reading) {
        assertThatThrownBy(reading).isInstanceOfSatisfying(ImageException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }
}
