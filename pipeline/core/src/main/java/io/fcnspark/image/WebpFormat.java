package io.fcnspark.image;

import io.fcnspark.image.ImageException.Code;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;

/** WebP, lossy and lossless. */
final class WebpFormat implements ImageFormat {
    private static final int RIFF_HEADER = 12;
    private static final String EXIF = "Exif\0\0";

    @Override
    public String name() {
        return "WebP";
    }

    @Override
    public boolean matches(byte[] bytes) {
        return Bytes.hasAt(bytes, 0, "RIFF") && Bytes.hasAt(bytes, 8, "WEBP");
    }

    @Override
    public ImageHeader header(byte[] bytes) throws IOException, ImageException {
        ImageSize stored = Reading.with(
                Plugins.webpReader(), bytes, reader -> new ImageSize(reader.getWidth(0), reader.getHeight(0)));
        return new ImageHeader(stored, orientation(bytes));
    }

    @Override
    public int bytesPerPixel(byte[] bytes) {
        // Planes of luma and chroma, or of ARGB, and the picture that is made of them.
        return 4 + 4;
    }

    @Override
    public BufferedImage read(byte[] bytes) throws IOException, ImageException {
        long end = 8 + Bytes.unsigned32(Bytes.littleEndian(bytes), 4);
        // Some writers leave out the last byte of padding.
        if (end > bytes.length + 1L) {
            throw new ImageException(Code.TRUNCATED, "the WebP ends after %d bytes of %d".formatted(bytes.length, end));
        }
        return Reading.with(Plugins.webpReader(), bytes, reader -> reader.read(0));
    }

    private static Orientation orientation(byte[] bytes) {
        ByteBuffer buffer = Bytes.littleEndian(bytes);
        for (long at = RIFF_HEADER; at + 8 <= bytes.length; ) {
            long length = Bytes.unsigned32(buffer, (int) at + 4);
            if (at + 8 + length > bytes.length) {
                break;
            }
            if (Bytes.hasAt(bytes, (int) at, "EXIF")) {
                // Some writers put JPEG's prefix before the data.
                int prefix = Bytes.hasAt(bytes, (int) at + 8, EXIF) ? EXIF.length() : 0;
                return new TiffDirectory(bytes, (int) at + 8 + prefix, (int) length - prefix).orientation();
            }
            at += 8 + length + (length & 1);
        }
        return Orientation.NORMAL;
    }
}
