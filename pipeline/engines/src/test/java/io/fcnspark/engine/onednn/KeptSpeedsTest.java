package io.fcnspark.engine.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import io.fcnspark.engine.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptSpeedsTest {
    private static final Set<Precision> BOTH = EnumSet.of(Precision.FP32, Precision.BF16);
    private static final Map<Precision, Double> SPEEDS = Map.of(Precision.FP32, 120.5, Precision.BF16, 61.25);

    @TempDir
    private Path folder;

    private final AtomicInteger measured = new AtomicInteger();

    @Test
    void whatWasMeasuredIsKeptForEachSubject() {
        assertThat(ask("one processor")).isEqualTo(SPEEDS);
        assertThat(ask("one processor")).isEqualTo(SPEEDS);
        assertThat(measured).hasValue(1);
        ask("another processor");
        assertThat(measured).hasValue(2);
    }

    @Test
    void aPrecisionThatIsNewIsMeasured() {
        assertThat(kept().of("processor", EnumSet.of(Precision.FP32), () -> Map.of(Precision.FP32, 1.0)))
                .containsOnlyKeys(Precision.FP32);
        assertThat(ask("processor")).isEqualTo(SPEEDS);
        assertThat(measured).hasValue(1);
    }

    @Test
    void aDamagedFileIsMeasuredAgain() throws IOException {
        ask("processor");
        Path file = onlyFile();
        String sound = Files.readString(file);
        for (String damaged : List.of(
                "",
                "\\u12",
                sound.replace("processor", "something else"),
                sound.replace("120.5", "-120.5"),
                sound.replace("120.5", "NaN"),
                sound.replace("120.5", "Infinity"),
                sound.replace("120.5", "quick"),
                sound.replace("fp32", "fp23"))) {
            assertThat(damaged).isNotEqualTo(sound);
            Files.writeString(file, damaged);
            measured.set(0);
            assertThat(ask("processor")).as(damaged).isEqualTo(SPEEDS);
            assertThat(measured).as(damaged).hasValue(1);
            assertThat(Files.readString(file)).isEqualTo(sound);
        }
        Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        assertThat(ask("processor")).isEqualTo(SPEEDS);
    }

    @Test
    void manyAtOnceLeaveOneWholeFile() throws IOException {
        IntStream.range(0, 64).parallel().forEach(i -> assertThat(ask("processor"))
                .isEqualTo(SPEEDS));
        assertThat(onlyFile()).content().contains("fp32=120.5", "bf16=61.25");
    }

    @Test
    void withoutAFolderNothingIsKeptAndNothingFails() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        KeptSpeeds nowhere = new KeptSpeeds(List.of(file.resolve("below")));
        assertThat(nowhere.of("processor", BOTH, this::measure)).isEqualTo(SPEEDS);
        KeptSpeeds second = new KeptSpeeds(List.of(file.resolve("below"), folder.resolve("second")));
        second.of("processor", BOTH, this::measure);
        second.of("processor", BOTH, this::measure);
        assertThat(measured).as("once for each").hasValue(2);
    }

    private Map<Precision, Double> ask(String subject) {
        return kept().of(subject, BOTH, this::measure);
    }

    private KeptSpeeds kept() {
        return new KeptSpeeds(List.of(folder.resolve("cache")));
    }

    private Map<Precision, Double> measure() {
        measured.incrementAndGet();
        return SPEEDS;
    }

    private Path onlyFile() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("cache"))) {
            return files.collect(
                    java.util.stream.Collectors.collectingAndThen(java.util.stream.Collectors.toList(), found -> {
                        assertThat(found).hasSize(1);
                        return found.get(0);
                    }));
        }
    }
}
