package io.fcnspark.image;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** The orientation that a chunk of a PNG tells, of all the ways in which writers put Exif there. */
final class PngExif {
    /** Keywords of texts that hold data as hexadecimal digits, which ImageMagick and others write. */
    private static final Set<String> RAW_PROFILES = Set.of("Raw profile type exif", "Raw profile type APP1");

    /** Exif data, within 64 kB in JPEG, as digits. */
    private static final int MOST_TEXT = 1 << 18;

    private PngExif() {}

    /** The orientation, if the chunk of {@code length} bytes from {@code at} tells one. */
    static Optional<Orientation> orientation(byte[] bytes, String type, int at, int length) {
        return switch (type) {
            case "eXIf" -> Optional.of(Exif.orientation(bytes, at, length));
            case "tEXt", "zTXt", "iTXt" -> ofText(bytes, type, at, at + length);
            default -> Optional.empty();
        };
    }

    private static Optional<Orientation> ofText(byte[] bytes, String type, int at, int end) {
        int keywordEnd = zero(bytes, at, Math.min(end, at + 80));
        String keyword = new String(bytes, at, keywordEnd - at, StandardCharsets.ISO_8859_1);
        if (keywordEnd == end || !RAW_PROFILES.contains(keyword)) {
            return Optional.empty();
        }
        int from = keywordEnd + 1;
        boolean compressed = type.equals("zTXt");
        if (type.equals("iTXt")) {
            compressed = from < end && bytes[from] == 1;
            // Behind the compression are a language and the keyword in it.
            from = zero(bytes, Math.min(end, from + 2), end) + 1;
            from = zero(bytes, Math.min(end, from), end) + 1;
        } else if (compressed) {
            from++;
        }
        if (from >= end) {
            return Optional.empty();
        }
        byte[] text = compressed ? inflated(bytes, from, end) : Arrays.copyOfRange(bytes, from, end);
        byte[] exif = digits(new String(text, StandardCharsets.ISO_8859_1));
        return Optional.of(Exif.orientation(exif, 0, exif.length)).filter(o -> o != Orientation.NORMAL);
    }

    /** Offset of the next zero byte; {@code end} if there is none. */
    private static int zero(byte[] bytes, int from, int end) {
        int at = from;
        while (at < end && bytes[at] != 0) {
            at++;
        }
        return at;
    }

    private static byte[] inflated(byte[] bytes, int from, int end) {
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(bytes, from, end - from);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] part = new byte[8192];
            int count;
            while (out.size() < MOST_TEXT && (count = inflater.inflate(part)) > 0) {
                out.write(part, 0, count);
            }
            return out.toByteArray();
        } catch (DataFormatException e) {
            // A broken text does no harm to pixels.
            return new byte[0];
        } finally {
            inflater.end();
        }
    }

    /** The bytes behind a name and a number, each in a line of its own. */
    private static byte[] digits(String text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        String[] words = text.strip().split("\\s+", 3);
        int high = -1;
        for (char c : words.length < 3 ? new char[0] : words[2].toCharArray()) {
            int digit = Character.digit(c, 16);
            if (digit < 0) {
                continue;
            }
            if (high < 0) {
                high = digit;
            } else {
                out.write(16 * high + digit);
                high = -1;
            }
        }
        return out.toByteArray();
    }
}
