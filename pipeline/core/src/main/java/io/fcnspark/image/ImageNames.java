package io.fcnspark.image;

import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** What the names of files say of their content. */
public final class ImageNames {
    /** In lower case. */
    private static final Set<String> ENDINGS = Set.of(
            "jpg", "jpeg", "jpe", "jfif", "jfi", "jif", "pjpeg", "pjp", // JPEG
            "png", "apng", "bmp", "dib", "gif", "tif", "tiff", "webp");

    private ImageNames() {}

    /** Whether a file of this name counts as an image, where nobody said that it is one. */
    public static boolean isImage(String name) {
        return ENDINGS.contains(ending(name));
    }

    /** What comes after the last dot, in lower case; the whole name if there is none. */
    public static String ending(String name) {
        return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }

    /** The endings that count, for people. */
    public static String endings() {
        return ENDINGS.stream().sorted().collect(Collectors.joining(", "));
    }
}
