package io.fcnspark.shards;

import static io.fcnspark.shards.ShardFormat.TAR;
import static io.fcnspark.shards.ShardFormat.TAR_GZIP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fcnspark.shards.Shards.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.zip.ZipEncodingHelper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ShardReaderTest {
    private static final String[] NAMES = {
        "a.jpg",
        "deep/er/b c#d%20.png",
        "time=early/ämlich 東京.webp",
        "x".repeat(90) + "/" + "y".repeat(150) + ".jpg",
        "z.json"
    };

    @Test
    void aNameTellsTheFormat() {
        assertThat(ShardFormat.of("s3a://b/shards-00000.tar")).contains(TAR);
        assertThat(ShardFormat.of("A.TAR.GZ")).contains(TAR_GZIP);
        assertThat(ShardFormat.of("a.tgz")).contains(TAR_GZIP);
        assertThat(ShardFormat.of("a.gz")).isEmpty();
        assertThat(ShardFormat.of("tar")).isEmpty();
    }

    @Test
    void filesComeWithPlacesFromWhichTheyCanBeRead() throws Exception {
        byte[] tar = Shards.named(NAMES);
        byte[] cutInTwo = Shards.gzip(Arrays.copyOf(tar, 3000), Arrays.copyOfRange(tar, 3000, tar.length));
        for (Map.Entry<ShardFormat, byte[]> shard :
                List.of(Map.entry(TAR, tar), Map.entry(TAR_GZIP, Shards.gzip(tar)), Map.entry(TAR_GZIP, cutInTwo))) {
            Outcome<ShardEntry> outcome = Shards.entries(new MemoryFile(shard.getValue()), shard.getKey());
            assertThat(outcome.damage()).isEmpty();
            assertThat(outcome.found()).extracting(ShardEntry::name).containsExactly(NAMES);
            try (ShardCursor cursor = new ShardCursor(new MemoryFile(shard.getValue()), shard.getKey())) {
                for (int i : new int[] {0, 1, 3, 4, 2, 2}) {
                    ShardEntry entry = outcome.found().get(i);
                    assertThat(cursor.read(entry.offset(), (int) entry.bytes())).isEqualTo(Shards.content(NAMES[i]));
                }
            }
        }
    }

    @Test
    void aShardThatGoesOnBehindItsEndSaysSo() throws Exception {
        byte[] first = Shards.named("a.jpg", "b.jpg");
        byte[] second = Shards.named("c.jpg");
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.write(first);
        both.write(second);
        byte[] padded = Arrays.copyOf(first, first.length + 100_000);
        for (ShardFormat format : ShardFormat.values()) {
            boolean plain = format == TAR;
            Outcome<ShardEntry> outcome =
                    Shards.entries(new MemoryFile(plain ? both.toByteArray() : Shards.gzip(first, second)), format);
            assertThat(outcome.found()).extracting(ShardEntry::name).containsExactly("a.jpg", "b.jpg");
            assertThat(outcome.damage())
                    .contains("after 2 files")
                    .contains("at byte " + first.length)
                    .contains("tar -A");
            assertThat(Shards.entries(new MemoryFile(plain ? padded : Shards.gzip(padded)), format)
                            .damage())
                    .isEmpty();
        }
    }

    @Test
    void theSameEntriesGiveTheSameBytes() throws IOException {
        assertThat(Shards.named(NAMES)).isEqualTo(Shards.named(NAMES));
    }

    @Test
    void tarItselfWritesWhatIsReadAndReadsWhatIsWritten(@TempDir Path folder) throws Exception {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/tar")) || Files.isExecutable(Path.of("/bin/tar")),
                "no tar on this machine");
        Path files = folder.resolve("files");
        for (String name : NAMES) {
            Path file = files.resolve(name);
            Files.createDirectories(file.getParent());
            Files.write(file, Shards.content(name));
        }
        Files.createSymbolicLink(files.resolve("link.jpg"), Path.of("a.jpg"));
        Files.createLink(files.resolve("zz.jpg"), files.resolve("a.jpg"));
        for (String format : List.of("gnu", "pax")) {
            Path tar = folder.resolve(format + ".tgz");
            tar("--format=" + format, "-czf", tar.toString(), "-C", files.toString(), "--sort=name", ".");
            Outcome<ShardEntry> outcome = Shards.entries(new MemoryFile(Files.readAllBytes(tar)), TAR_GZIP);
            assertThat(outcome.damage()).isEmpty();
            assertThat(outcome.found()).extracting(ShardEntry::name).containsExactlyInAnyOrder(NAMES);
        }

        Path written = Files.write(folder.resolve("written.tar"), Shards.named(NAMES));
        Path unpacked = Files.createDirectory(folder.resolve("unpacked"));
        tar("-xf", written.toString(), "-C", unpacked.toString());
        for (String name : NAMES) {
            assertThat(unpacked.resolve(name)).hasBinaryContent(Shards.content(name));
        }
    }

    private static void tar(String... arguments) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder("tar").redirectErrorStream(true);
        builder.command().addAll(List.of(arguments));
        builder.environment().put("LC_ALL", "C.UTF-8");
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }

    @Test
    void samplesArePairedAsWebDatasetHasThem() throws IOException {
        Map<List<String>, String> cases = new LinkedHashMap<>();
        cases.put(List.of("x.jpg", "x.png"), "x.jpg<x.png");
        cases.put(List.of("x.json", "x.PNG", "x.cls", "x.JPEG"), "x.JPEG<x.PNG");
        cases.put(List.of("x.jpg", "x.seg.png"), "x.jpg<x.seg.png");
        cases.put(List.of("x.mask.png", "x.png"), "x.png<x.mask.png");
        cases.put(List.of("d.1/x.jpg", "d.1/x.png", "d.2/x.jpg"), "d.1/x.jpg<d.1/x.png d.2/x.jpg");
        cases.put(List.of("x.jpg", "y.png"), "x.jpg y.png");
        // Not beside each other.
        cases.put(List.of("x.jpg", "y.jpg", "x.png"), "x.jpg y.jpg x.png");
        cases.put(List.of("x.left.jpg", "x.right.jpg", "x.seg.png"), "x.left.jpg x.right.jpg");
        cases.put(List.of("x.png", "x.left.png"), "x.png x.left.png");
        cases.put(List.of("x.jpg", "x.jpg", "x.seg.png"), "x.jpg<x.seg.png");
        cases.put(List.of("x.seg.png", "y.txt", "README"), "");
        cases.put(List.of("._x.jpg", "__MACOSX/._x.jpg", ".git/x.jpg", "x.jpg"), "x.jpg");
        cases.put(List.of("../../etc/x.jpg", "a/../b.jpg"), "../../etc/x.jpg a/../b.jpg");
        for (Map.Entry<List<String>, String> example : cases.entrySet()) {
            byte[] tar = Shards.named(example.getKey().toArray(String[]::new));
            Outcome<ShardImage> outcome = Shards.images(new MemoryFile(tar), TAR);
            assertThat(outcome.damage()).isEmpty();
            assertThat(String.join(
                            " ",
                            outcome.found().stream()
                                    .map(image -> image.image().name()
                                            + image.truth()
                                                    .map(truth -> "<" + truth.name())
                                                    .orElse(""))
                                    .toList()))
                    .isEqualTo(example.getValue());
        }
    }

    @Test
    void largeEntriesAreJumpedOver() throws Exception {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("a.jpg", new byte[10_000_000]);
        entries.put("b.jpg", new byte[10_000_000]);
        entries.put("c.jpg", new byte[100]);
        byte[] tar = Shards.of(entries);
        MemoryFile listed = new MemoryFile(tar);
        List<ShardEntry> found = Shards.entries(listed, TAR).found();
        assertThat(found).hasSize(3);
        assertThat(listed.bytesRead()).isLessThan(500_000);

        MemoryFile file = new MemoryFile(tar);
        try (ShardCursor cursor = new ShardCursor(file, TAR)) {
            cursor.read(found.get(2).offset(), 100);
        }
        assertThat(file.bytesRead()).isLessThan(100_000);
    }

    @Test
    void aShardThatIsCutGivesWhatComesBeforeAndSaysSo() throws IOException {
        byte[] tar = Shards.named("a.jpg", "b.jpg", "c.jpg");
        List<ShardEntry> whole = Shards.entries(new MemoryFile(tar), TAR).found();
        long endOfB = whole.get(1).offset() + whole.get(1).bytes();
        int headerOfC = (int) (endOfB + 511) / 512 * 512;
        for (int length : new int[] {(int) endOfB - 1, headerOfC, headerOfC + 100}) {
            byte[] cut = Arrays.copyOf(tar, length);
            for (ShardFormat format : ShardFormat.values()) {
                Outcome<ShardEntry> outcome =
                        Shards.entries(new MemoryFile(format == TAR ? cut : Shards.gzip(cut)), format);
                assertThat(outcome.found()).isEqualTo(whole.subList(0, 2));
                assertThat(outcome.damage()).as("cut to %d", length).contains("after 2 files");
            }
        }
        byte[] gzip = Shards.gzip(tar);
        Outcome<ShardEntry> outcome = Shards.entries(new MemoryFile(Arrays.copyOf(gzip, gzip.length / 2)), TAR_GZIP);
        assertThat(outcome.damage()).contains("Unexpected end");
        assertThat(whole).startsWith(outcome.found().toArray(ShardEntry[]::new));

        ShardEntry last = whole.get(2);
        MemoryFile cut = new MemoryFile(Arrays.copyOf(tar, (int) last.offset() + 50));
        try (ShardCursor cursor = new ShardCursor(cut, TAR)) {
            assertThatThrownBy(() -> cursor.read(last.offset(), (int) last.bytes()))
                    .isInstanceOf(DamagedShardException.class)
                    .hasMessageContaining("ends after 50 of");
            assertThatThrownBy(() -> cursor.read(1L << 40, 10)).isInstanceOf(DamagedShardException.class);
        }
    }

    @Test
    void whatIsNoShardSaysSo() throws IOException {
        assertThat(Shards.entries(new MemoryFile(new byte[0]), TAR).damage()).contains("empty");
        assertThat(Shards.entries(new MemoryFile(new byte[0]), TAR_GZIP).damage())
                .isNotEmpty();
        for (int length : new int[] {11, 5000}) {
            byte[] text = new byte[length];
            Arrays.fill(text, (byte) 'x');
            for (ShardFormat format : ShardFormat.values()) {
                Outcome<ShardEntry> outcome = Shards.entries(new MemoryFile(text), format);
                assertThat(outcome.found()).isEmpty();
                assertThat(outcome.damage()).contains("after 0 files");
            }
        }
        // Nothing in it is nothing wrong.
        assertThat(Shards.entries(new MemoryFile(Shards.named()), TAR)).isEqualTo(new Outcome<>(List.of(), ""));
    }

    @Test
    void whatTheStorageFailsToGiveIsAskedForAgain() throws Exception {
        byte[] tar = Shards.named(NAMES);
        List<ShardEntry> whole = Shards.entries(new MemoryFile(tar), TAR).found();
        MemoryFile flaky = new MemoryFile(tar, 2000, 2);
        try (ShardReader reader = new ShardReader(TAR, tar.length, input(flaky))) {
            for (ShardEntry entry : whole) {
                assertThat(reader.next()).contains(entry);
            }
            assertThat(reader.next()).isEmpty();
        }
        assertThat(flaky.opened()).isEqualTo(3);

        for (Map.Entry<ShardFormat, byte[]> shard :
                List.of(Map.entry(TAR, tar), Map.entry(TAR_GZIP, Shards.gzip(tar)))) {
            MemoryFile gone = new MemoryFile(shard.getValue(), 700, Integer.MAX_VALUE);
            try (ShardReader reader = new ShardReader(shard.getKey(), gone.length(), input(gone))) {
                assertThatThrownBy(() -> {
                            while (reader.next().isPresent()) {}
                        })
                        .isInstanceOf(IOException.class)
                        .hasMessage("connection reset");
            }
        }
    }

    private static StoredInput input(StoredFile file) {
        return new StoredInput(file, 0, List.of(Duration.ZERO, Duration.ZERO));
    }

    @Test
    void anEntryThatClaimsTerabytesEndsTheShardAtOnce() throws IOException {
        for (boolean compressed : new boolean[] {false, true}) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.write(Shards.named("a.jpg"), 0, 512 + (Shards.content("a.jpg").length + 511) / 512 * 512);
            out.write(header("big.jpg", 5L << 40, TarConstants.LF_NORMAL));
            out.write(new byte[10_000]);
            byte[] bytes = compressed ? Shards.gzip(out.toByteArray()) : out.toByteArray();
            Outcome<ShardEntry> outcome = Shards.entries(new MemoryFile(bytes), compressed ? TAR_GZIP : TAR);
            assertThat(outcome.found()).extracting(ShardEntry::name).containsExactly("a.jpg", "big.jpg");
            assertThat(outcome.found().get(1).bytes()).isEqualTo(5L << 40);
            assertThat(outcome.damage()).isNotEmpty();
        }
    }

    @Test
    void headersDoNotTakeMemoryAsTheyLike() throws IOException {
        byte[] tenMegabytes = new byte[10_000_000];
        Arrays.fill(tenMegabytes, (byte) 'n');
        byte[] begin = "10000000 a=".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(begin, 0, tenMegabytes, 0, begin.length);
        for (byte type : new byte[] {
            TarConstants.LF_GNUTYPE_LONGNAME,
            TarConstants.LF_GNUTYPE_LONGLINK,
            TarConstants.LF_PAX_EXTENDED_HEADER_LC,
            TarConstants.LF_PAX_GLOBAL_EXTENDED_HEADER
        }) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.write(header("././@LongLink", tenMegabytes.length, type));
            out.write(tenMegabytes);
            MemoryFile file = new MemoryFile(out.toByteArray());
            assertThat(Shards.entries(file, TAR).damage()).contains("headers have more than 65536 bytes");
            assertThat(file.bytesRead()).isLessThan(500_000);
        }
        // Each of them asks for the next one.
        ByteArrayOutputStream chain = new ByteArrayOutputStream();
        for (int i = 0; i < 100_000; i++) {
            chain.write(header("././@LongLink", 0, TarConstants.LF_GNUTYPE_LONGNAME));
        }
        assertThat(Shards.entries(new MemoryFile(chain.toByteArray()), TAR).damage())
                .isNotEmpty();
    }

    @Test
    void aTimeWithAnExponentDoesNotTakeForEver() throws IOException {
        for (String time :
                List.of("mtime=1e9999999", "LIBARCHIVE.creationtime=\u0661E99999999", "atime=1.5e+7777777")) {
            byte[] text = "%d %s\n"
                    .formatted(time.getBytes(StandardCharsets.UTF_8).length + 4, time)
                    .getBytes(StandardCharsets.UTF_8);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.write(header("pax", text.length, TarConstants.LF_PAX_EXTENDED_HEADER_LC));
            out.write(Arrays.copyOf(text, 512));
            out.write(Shards.named("a.jpg"));
            assertThat(Shards.entries(new MemoryFile(out.toByteArray()), TAR).damage())
                    .contains("exponent");
        }
    }

    @Test
    void aDecompressionBombEndsTheShard() throws IOException {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        byte[] megabyte = new byte[1 << 20];
        try (GZIPOutputStream gzip = new GZIPOutputStream(bomb)) {
            gzip.write(header("zeros.png", 100L << 20, TarConstants.LF_NORMAL));
            for (int i = 0; i < 100; i++) {
                gzip.write(megabyte);
            }
        }
        Outcome<ShardEntry> outcome = Shards.entries(new MemoryFile(bomb.toByteArray()), TAR_GZIP);
        assertThat(outcome.found()).hasSize(1);
        assertThat(outcome.damage()).contains("decompression bomb");

        byte[] member = Shards.gzip(new byte[0]);
        ByteArrayOutputStream members = new ByteArrayOutputStream();
        for (int i = 0; i < 200_000; i++) {
            members.write(member);
        }
        assertThat(Shards.entries(new MemoryFile(members.toByteArray()), TAR_GZIP)
                        .damage())
                .isNotEmpty();
    }

    @Test
    void namesInOtherEncodingsStayApart() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out, "ISO-8859-1")) {
            for (String name : List.of("ä.jpg", "ö.jpg")) {
                TarArchiveEntry entry = new TarArchiveEntry(name);
                tar.putArchiveEntry(entry);
                tar.closeArchiveEntry();
            }
        }
        assertThat(Shards.entries(new MemoryFile(out.toByteArray()), TAR).found())
                .extracting(ShardEntry::name)
                .containsExactly("ä.jpg", "ö.jpg");
    }

    /** A header with a correct checksum. */
    private static byte[] header(String name, long size, byte type) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name, type);
        entry.setSize(size);
        byte[] header = new byte[512];
        entry.writeEntryHeader(header, ZipEncodingHelper.getZipEncoding("UTF-8"), true);
        return header;
    }
}
