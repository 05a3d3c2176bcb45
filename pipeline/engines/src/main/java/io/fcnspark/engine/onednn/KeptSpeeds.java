package io.fcnspark.engine.onednn;

import io.fcnspark.engine.Precision;
import io.fcnspark.weights.AtomicFile;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Speeds that were measured once, in files of the user's cache, one for each kind of processor, version of the library and
 * width of network. Any number of processes may measure at once: each puts a whole file in place, and the last one stays. A
 * file that does not say what it should is measured again, and where no folder may be written to nothing is kept.
 *
 * @param folders where to look, and to keep: the first that can be written to
 */
record KeptSpeeds(List<Path> folders) {
    private static final String SUBJECT = "measured";

    KeptSpeeds {
        folders = List.copyOf(folders);
    }

    /** Those of the user, or where there is no home, of the folder of temporary files. */
    static KeptSpeeds ofUser() {
        return new KeptSpeeds(List.of(
                Path.of(System.getProperty("user.home"), ".cache", "fcn-spark"),
                Path.of(System.getProperty("java.io.tmpdir"), "fcn-spark-" + System.getProperty("user.name"))));
    }

    /**
     * What was measured before, or is measured now.
     *
     * @param subject everything that the speeds depend on
     * @param precisions each of which has a speed
     */
    Map<Precision, Double> of(String subject, Set<Precision> precisions, Supplier<Map<Precision, Double>> measure) {
        String name = "speeds-%s.properties".formatted(digest(subject));
        for (Path folder : folders) {
            Optional<Map<Precision, Double>> kept = read(folder.resolve(name), subject, precisions);
            if (kept.isPresent()) {
                return kept.get();
            }
        }
        Map<Precision, Double> measured = measure.get();
        keep(name, text(subject, measured));
        return measured;
    }

    private static Optional<Map<Precision, Double>> read(Path file, String subject, Set<Precision> precisions) {
        Properties properties = new Properties();
        try {
            properties.load(new StringReader(Files.readString(file)));
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
        if (!subject.equals(properties.getProperty(SUBJECT))) {
            return Optional.empty();
        }
        Map<Precision, Double> speeds = new EnumMap<>(Precision.class);
        for (Precision precision : precisions) {
            double speed = number(properties.getProperty(precision.id()));
            if (!(speed > 0 && speed < Double.POSITIVE_INFINITY)) {
                return Optional.empty();
            }
            speeds.put(precision, speed);
        }
        return Optional.of(speeds);
    }

    private static double number(String text) {
        try {
            return text == null ? Double.NaN : Double.parseDouble(text);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    private static String text(String subject, Map<Precision, Double> speeds) {
        StringBuilder text = new StringBuilder(SUBJECT + "=" + subject + "\n");
        speeds.forEach((precision, speed) ->
                text.append(precision.id()).append('=').append(speed).append('\n'));
        return text.toString();
    }

    private void keep(String name, String text) {
        for (Path folder : folders) {
            try {
                Files.createDirectories(folder);
                AtomicFile.write(
                        folder.resolve(name),
                        channel -> channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8))));
                return;
            } catch (IOException e) {
                // Then the next one; nothing depends on it but the time of the next start.
            }
        }
    }

    private static String digest(String subject) {
        return HexFormat.of()
                .toHexDigits(java.util
                        .UUID
                        .nameUUIDFromBytes(subject.getBytes(StandardCharsets.UTF_8))
                        .getMostSignificantBits());
    }
}
