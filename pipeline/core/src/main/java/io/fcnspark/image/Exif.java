package io.fcnspark.image;

/** Exif data, which are a TIFF directory, as other formats hold them. */
final class Exif {
    /** What comes before the data in JPEG, and where some writers take them from there in other formats. */
    static final String PREFIX = "Exif\0\0";

    private Exif() {}

    /** The orientation that data with or without the prefix tell. */
    static Orientation orientation(byte[] bytes, int offset, int length) {
        int prefix = length >= PREFIX.length() && Bytes.hasAt(bytes, offset, PREFIX) ? PREFIX.length() : 0;
        return new TiffDirectory(bytes, offset + prefix, length - prefix).orientation();
    }
}
