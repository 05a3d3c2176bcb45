package io.fcnspark.spark.export;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Where Label Studio finds images. */
final class ImageReferences {
    private static final String LOCAL = "/data/local-files/?d=";

    private ImageReferences() {}

    /** An image that is copied, by its path in the export: Label Studio serves local files, from the folder of the export. */
    static String ofCopy(String path) {
        return LOCAL + encoded(path);
    }

    /** An image where it is: in the words of cloud tools; of this machine, below its root. */
    static String of(String uri) {
        if (uri.startsWith("file:")) {
            return LOCAL + encoded(uri.replaceFirst("^file:/+", ""));
        }
        return uri.replaceFirst("^s3[an]://", "s3://");
    }

    private static String encoded(String path) {
        return URLEncoder.encode(path, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("%2F", "/");
    }
}
