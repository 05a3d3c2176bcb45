package io.fcnspark.shards;

import static org.assertj.core.api.Assertions.assertThat;

import io.fcnspark.shards.Shards.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Damaged shards give what is before the damage, and then an end: no other exception, no other time, no other memory. */
class ShardFuzzTest {
    private static final int SHARDS = 3000;

    private static final String[] NAMES = {
        "a.jpg", "a.png", "b.jpg", "b.seg.png", "p/" + "q".repeat(120) + ".jpg", "東京.webp", "c.mask.png", "c.png"
    };

    @Test
    @Timeout(120)
    void mutatedShardsEndWithWhatIsGood() throws IOException {
        byte[] tar = Shards.named(NAMES);
        List<ShardEntry> whole =
                Shards.entries(new MemoryFile(tar), ShardFormat.TAR).found();
        byte[] gzip = Shards.gzip(tar);
        int damaged = 0;
        for (int seed = 0; seed < SHARDS; seed++) {
            Random random = new Random(seed);
            ShardFormat format = seed % 3 == 0 ? ShardFormat.TAR_GZIP : ShardFormat.TAR;
            byte[] original = format == ShardFormat.TAR ? tar : gzip;
            byte[] mutated = mutated(original, random, whole, format);
            Outcome<ShardEntry> outcome = Shards.entries(new MemoryFile(mutated), format);
            damaged += outcome.damage().isEmpty() ? 0 : 1;
            if (format == ShardFormat.TAR) {
                long good = Arrays.mismatch(original, mutated);
                List<ShardEntry> before = whole.stream()
                        .takeWhile(entry -> entry.offset() + entry.bytes() <= good)
                        .toList();
                assertThat(outcome.found()
                                .subList(
                                        0,
                                        Math.min(before.size(), outcome.found().size())))
                        .as("seed %d", seed)
                        .isEqualTo(before);
            }
            readAll(mutated, format, outcome.found());
            Shards.images(new MemoryFile(mutated), format);
        }
        // Most mutations hit data, which a tar does not check.
        assertThat(damaged).isGreaterThan(SHARDS / 4);
    }

    private static void readAll(byte[] shard, ShardFormat format, List<ShardEntry> entries) throws IOException {
        try (ShardCursor cursor = new ShardCursor(new MemoryFile(shard), format)) {
            for (ShardEntry entry : entries) {
                if (entry.offset() == ShardEntry.SCATTERED || entry.bytes() > 1 << 20) {
                    continue;
                }
                try {
                    assertThat(cursor.read(entry.offset(), (int) entry.bytes())).hasSize((int) entry.bytes());
                } catch (DamagedShardException e) {
                    assertThat(e).hasMessageContaining("shard");
                }
            }
        }
    }

    private static byte[] mutated(byte[] shard, Random random, List<ShardEntry> entries, ShardFormat format) {
        byte[] bytes = shard.clone();
        switch (random.nextInt(5)) {
            case 0 -> {
                return Arrays.copyOf(bytes, random.nextInt(bytes.length));
            }
            case 1 -> {
                int from = random.nextInt(bytes.length);
                byte[] noise = new byte[Math.min(bytes.length - from, 1 + random.nextInt(2000))];
                random.nextBytes(noise);
                System.arraycopy(noise, 0, bytes, from, noise.length);
            }
            case 2 -> {
                // A piece that is gone, so that all after it is elsewhere.
                int from = random.nextInt(bytes.length - 1);
                int to = Math.min(bytes.length, from + 1 + random.nextInt(1500));
                byte[] shorter = Arrays.copyOf(bytes, bytes.length - (to - from));
                System.arraycopy(bytes, to, shorter, from, bytes.length - to);
                return shorter;
            }
            default -> {
                // A header whose checksum is right all the same.
                int at = format == ShardFormat.TAR
                        ? (int) entries.get(random.nextInt(entries.size())).offset() - 512
                        : random.nextInt(bytes.length - 512);
                for (int i = 0; i < 1 + random.nextInt(4); i++) {
                    bytes[at + random.nextInt(512)] = (byte) random.nextInt();
                }
                if (format == ShardFormat.TAR) {
                    writeChecksum(bytes, at);
                }
            }
        }
        return bytes;
    }

    private static void writeChecksum(byte[] bytes, int header) {
        Arrays.fill(bytes, header + 148, header + 156, (byte) ' ');
        int sum = 0;
        for (int i = header; i < header + 512; i++) {
            sum += bytes[i] & 0xff;
        }
        byte[] octal = "%06o\0 ".formatted(sum).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(octal, 0, bytes, header + 148, octal.length);
    }
}
