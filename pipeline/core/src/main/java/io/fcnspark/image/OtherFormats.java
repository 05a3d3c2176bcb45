package io.fcnspark.image;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Formats of pictures that are known and not read. Their name says what to do, where "no image" would be a riddle. */
final class OtherFormats {
    /** Brands of HEIF, AVIF and their like (ISO/IEC 23008-12, MPEG-A MIAF, AV1 Image File Format). */
    private static final Set<String> HEIF_BRANDS = Set.of(
            "mif1", "mif2", "mif3", "msf1", "heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs", "miaf",
            "MiHB", "MiHE", "MiHA", "MiAB", "MiPr", "MA1A", "MA1B", "avif", "avis", "avio", "avci", "avcs", "vvic",
            "vvis", "evbi", "evmi", "evms", "j2ki", "j2is", "jpeg", "jpgs", "unif");

    /** What files begin with. */
    private static final Map<String, String> BEGINNINGS = beginnings();

    private static final int MOST_BRANDS = 32;
    private static final int TEXT_TO_LOOK_AT = 4096;

    private OtherFormats() {}

    private static Map<String, String> beginnings() {
        Map<String, String> names = new LinkedHashMap<>();
        names.put("\0\0\0\u000cjP  \r\n\u0087\n", "JPEG 2000");
        names.put("\u00ffO\u00ffQ", "JPEG 2000");
        names.put("\0\0\0\u000cJXL \r\n\u0087\n", "JPEG XL");
        names.put("\u00ff\n", "JPEG XL");
        names.put("II\u00bc", "JPEG XR");
        names.put("8BPS", "Photoshop");
        names.put("%PDF-", "PDF");
        names.put("%!PS", "PostScript");
        names.put("\u00c5\u00d0\u00d3\u00c6", "PostScript");
        names.put("\0\0\1\0", "Windows icon");
        names.put("\0\0\2\0", "Windows cursor");
        names.put("DDS ", "DirectDraw surface");
        names.put("v/1\1", "OpenEXR");
        names.put("#?RADIANCE", "Radiance HDR");
        names.put("#?RGBE", "Radiance HDR");
        names.put("qoif", "QOI");
        names.put("BPG\u00fb", "BPG");
        names.put("FLIF", "FLIF");
        names.put("\u008aMNG\r\n", "MNG");
        names.put("\u008bJNG\r\n", "JNG");
        names.put("AT&TFORM", "DjVu");
        names.put("gimp xcf", "GIMP");
        names.put("SIMPLE  =", "FITS");
        names.put("\u0089HDF\r\n", "HDF5");
        names.put("FUJIFILMCCD-RAW", "Fujifilm raw");
        names.put("IIU\0", "Panasonic raw");
        names.put("IIRO", "Olympus raw");
        names.put("IIRS", "Olympus raw");
        names.put("MMOR", "Olympus raw");
        names.put("FOVb", "Sigma raw");
        names.put("\u00d7\u00cd\u00c6\u009a", "Windows metafile");
        names.put("\1\u00da", "SGI");
        names.put("Y\u00a6j\u0095", "Sun raster");
        return names;
    }

    /** The name of the format, if it is one of those. */
    static Optional<String> nameOf(byte[] bytes) {
        if (Bytes.hasAt(bytes, 4, "ftyp")) {
            return Optional.of(mediaFile(bytes));
        }
        if (Bytes.hasAt(bytes, 128, "DICM")) {
            return Optional.of("DICOM");
        }
        if (isSvg(bytes)) {
            return Optional.of("SVG");
        }
        if (isPortableMap(bytes)) {
            return Optional.of("PBM, PGM, PPM or PAM");
        }
        return BEGINNINGS.entrySet().stream()
                .filter(beginning -> Bytes.hasAt(bytes, 0, beginning.getKey()))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    /** HEIF and AVIF are told from videos by their brands, of which the first is the main one. */
    private static String mediaFile(byte[] bytes) {
        int end = (int) Math.min(Math.min(bytes.length, 16 + 4 * MOST_BRANDS), boxEnd(bytes));
        for (int at = 8; at + 4 <= end; at += 4) {
            // Between the main brand and the others is a version.
            if (at != 12 && HEIF_BRANDS.contains(latin(bytes, at, 4))) {
                return "HEIF or AVIF";
            }
        }
        return Bytes.hasAt(bytes, 8, "crx ") ? "Canon raw" : "MP4, QuickTime or the like";
    }

    private static long boxEnd(byte[] bytes) {
        return Math.max(12, Bytes.unsigned32(Bytes.bigEndian(bytes), 0));
    }

    private static boolean isSvg(byte[] bytes) {
        String text = latin(bytes, 0, TEXT_TO_LOOK_AT)
                .replace("\u00ef\u00bb\u00bf", "")
                .stripLeading();
        if (!text.startsWith("<")) {
            return false;
        }
        String lower = text.toLowerCase(Locale.ROOT);
        return List.of("<svg", "<?xml", "<!--", "<!doctype svg").stream().anyMatch(lower::startsWith)
                && lower.contains("<svg");
    }

    private static boolean isPortableMap(byte[] bytes) {
        return bytes.length > 3
                && bytes[0] == 'P'
                && bytes[1] >= '1'
                && bytes[1] <= '7'
                && Character.isWhitespace(bytes[2])
                && (Character.isDigit(bytes[3]) || bytes[3] == '#' || bytes[1] == '7');
    }

    private static String latin(byte[] bytes, int at, int length) {
        return new String(bytes, at, Math.min(length, bytes.length - at), StandardCharsets.ISO_8859_1);
    }
}
