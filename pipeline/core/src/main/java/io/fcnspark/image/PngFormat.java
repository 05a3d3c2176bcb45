package io.fcnspark.image;

import io.fcnspark.image.ImageException.Code;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * PNG (ISO 15948). Only the chunks that hold pixels reach the reader: transparency, gamma, profiles and texts are dropped, so
 * colours are as stored and broken texts do no harm. Those chunks' checksums must be right. An end chunk that is missing is
 * not missed where the pixels are whole.
 */
final class PngFormat implements ImageFormat {
    private static final String SIGNATURE = "\u0089PNG\r\n\u001a\n";
    private static final int SIGNATURE_BYTES = 8;
    /** Length, type and checksum of a chunk. */
    private static final int CHUNK_FRAME = 12;

    private static final int HEADER_BYTES = 13;
    /** The end chunk. */
    private static final byte[] END = {0, 0, 0, 0, 'I', 'E', 'N', 'D', (byte) 0xae, 0x42, 0x60, (byte) 0x82};

    /** Deflate shrinks no data more than this. */
    private static final int MAX_COMPRESSION = 1032;

    @Override
    public String name() {
        return "PNG";
    }

    @Override
    public boolean matches(byte[] bytes) {
        return Bytes.hasAt(bytes, 0, SIGNATURE);
    }

    @Override
    public ImageHeader header(byte[] bytes) throws ImageException {
        ByteBuffer buffer = Bytes.bigEndian(bytes);
        int end = SIGNATURE_BYTES + CHUNK_FRAME + HEADER_BYTES;
        if (bytes.length < end) {
            throw cut(bytes);
        }
        if (!Bytes.hasAt(bytes, SIGNATURE_BYTES + 4, "IHDR") || buffer.getInt(SIGNATURE_BYTES) != HEADER_BYTES) {
            throw new ImageException(Code.UNSUPPORTED, "the PNG does not begin with its header: no standard PNG");
        }
        Orientation orientation = Orientation.NORMAL;
        for (int at = end; at + CHUNK_FRAME <= bytes.length; ) {
            long length = Bytes.unsigned32(buffer, at);
            String type = new String(bytes, at + 4, 4, StandardCharsets.ISO_8859_1);
            if (at + CHUNK_FRAME + length > bytes.length || type.equals("IEND")) {
                break;
            }
            Optional<Orientation> told = PngExif.orientation(bytes, type, at + 8, (int) length);
            // What the standard has goes before what others put into texts.
            if (told.isPresent() && (type.equals("eXIf") || orientation == Orientation.NORMAL)) {
                orientation = told.get();
            }
            at += CHUNK_FRAME + (int) length;
        }
        return ImageHeader.of(Bytes.unsigned32(buffer, 16), Bytes.unsigned32(buffer, 20), orientation);
    }

    @Override
    public int bytesPerPixel(byte[] bytes) {
        return channels(bytes) * (bytes[24] == 16 ? 2 : 1);
    }

    @Override
    public BufferedImage read(byte[] bytes) throws IOException, ImageException {
        requireKnownEncoding(bytes);
        byte[] pixelsOnly = pixelChunks(bytes);
        if (rawBytes(bytes) / MAX_COMPRESSION > pixelsOnly.length) {
            throw new ImageException(
                    Code.TRUNCATED, "the PNG has far too few bytes (%d) for its size".formatted(bytes.length));
        }
        return Reading.with(Plugins.pngReader(), pixelsOnly, reader -> reader.read(0));
    }

    private static void requireKnownEncoding(byte[] bytes) throws ImageException {
        int bits = bytes[24];
        int colourType = bytes[25];
        boolean known =
                switch (colourType) {
                    case 0 -> bits == 1 || bits == 2 || bits == 4 || bits == 8 || bits == 16;
                    case 3 -> bits == 1 || bits == 2 || bits == 4 || bits == 8;
                    case 2, 4, 6 -> bits == 8 || bits == 16;
                    default -> false;
                };
        if (!known || bytes[26] != 0 || bytes[27] != 0 || (bytes[28] & 0xff) > 1) {
            throw new ImageException(
                    Code.UNSUPPORTED,
                    "PNG of colour type %d with %d bits, compression %d, filter %d, interlace %d: no standard PNG"
                            .formatted(colourType, bits, bytes[26], bytes[27], bytes[28]));
        }
    }

    /** Bytes of the pixels before compression, leaving aside interlacing. */
    private static long rawBytes(byte[] bytes) {
        ByteBuffer buffer = Bytes.bigEndian(bytes);
        long rowBytes = (Bytes.unsigned32(buffer, 16) * channels(bytes) * bytes[24] + 7) / 8;
        return rowBytes * Bytes.unsigned32(buffer, 20);
    }

    private static int channels(byte[] bytes) {
        return switch (bytes[25]) {
            case 2 -> 3;
            case 4 -> 2;
            case 6 -> 4;
            default -> 1;
        };
    }

    private static byte[] pixelChunks(byte[] bytes) throws ImageException {
        ByteBuffer buffer = Bytes.bigEndian(bytes);
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length);
        out.write(bytes, 0, SIGNATURE_BYTES);
        boolean hasPixels = false;
        boolean ended = false;
        int at = SIGNATURE_BYTES;
        while (!ended && at + CHUNK_FRAME <= bytes.length) {
            long length = Bytes.unsigned32(buffer, at);
            if (at + CHUNK_FRAME + length > bytes.length) {
                break;
            }
            int size = CHUNK_FRAME + (int) length;
            // A capital: a chunk without which the pixels cannot be understood.
            if ((bytes[at + 4] & 0x20) == 0) {
                requireIntact(bytes, at, size);
                if (!Bytes.hasAt(bytes, at + 4, "IHDR")
                        && !Bytes.hasAt(bytes, at + 4, "PLTE")
                        && !Bytes.hasAt(bytes, at + 4, "IDAT")
                        && !Bytes.hasAt(bytes, at + 4, "IEND")) {
                    throw new ImageException(
                            Code.UNSUPPORTED,
                            "PNG with the unknown critical chunk 0x%08x".formatted(buffer.getInt(at + 4)));
                }
                hasPixels |= Bytes.hasAt(bytes, at + 4, "IDAT");
                ended = Bytes.hasAt(bytes, at + 4, "IEND");
                out.write(bytes, at, size);
            }
            at += size;
        }
        if (!ended) {
            // All that is needed may be there: the reader tells.
            if (!hasPixels || Bytes.hasAt(bytes, at + 4, "IDAT")) {
                throw cut(bytes);
            }
            out.writeBytes(END);
        }
        if (!hasPixels) {
            throw new ImageException(Code.TRUNCATED, "the PNG holds no pixels");
        }
        return out.toByteArray();
    }

    private static void requireIntact(byte[] bytes, int at, int size) throws ImageException {
        CRC32 crc = new CRC32();
        crc.update(bytes, at + 4, size - 8);
        if ((int) crc.getValue() != Bytes.bigEndian(bytes).getInt(at + size - 4)) {
            throw new ImageException(
                    Code.TRUNCATED, "the PNG is damaged: the checksum of the chunk at byte %d is wrong".formatted(at));
        }
    }

    private static ImageException cut(byte[] bytes) {
        return new ImageException(
                Code.TRUNCATED, "the PNG ends after %d bytes without its end chunk".formatted(bytes.length));
    }
}
