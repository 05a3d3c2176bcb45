package io.fcnspark.image;

import io.fcnspark.image.ImageException.Code;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Windows and OS/2 bitmaps. */
final class BmpFormat implements ImageFormat {
    private static final int CORE_HEADER = 12;

    @Override
    public String name() {
        return "BMP";
    }

    @Override
    public boolean matches(byte[] bytes) {
        // Two letters are little: texts begin with BM too.
        return Bytes.hasAt(bytes, 0, "BM")
                && bytes.length >= 18
                && Bytes.littleEndian(bytes).getInt(14) >= CORE_HEADER
                && Bytes.littleEndian(bytes).getInt(14) <= 124;
    }

    @Override
    public ImageHeader header(byte[] bytes) throws ImageException {
        ByteBuffer buffer = Bytes.littleEndian(bytes);
        boolean core = buffer.getInt(14) == CORE_HEADER;
        if (bytes.length < 14 + (core ? CORE_HEADER : 40)) {
            throw new ImageException(Code.TRUNCATED, "the BMP ends within its header");
        }
        // A negative height: rows from the top.
        return core
                ? ImageHeader.of(Bytes.unsigned16(buffer, 18), Bytes.unsigned16(buffer, 20), Orientation.NORMAL)
                : ImageHeader.of(buffer.getInt(18), Math.abs((long) buffer.getInt(22)), Orientation.NORMAL);
    }

    @Override
    public int bytesPerPixel(byte[] bytes) {
        return 4;
    }

    @Override
    public BufferedImage read(byte[] bytes) throws IOException, ImageException {
        ImageSize size = header(bytes).stored();
        ByteBuffer buffer = Bytes.littleEndian(bytes);
        boolean core = buffer.getInt(14) == CORE_HEADER;
        int compression = core ? 0 : buffer.getInt(30);
        if (compression == 0 || compression == 3) {
            int bits = Bytes.unsigned16(buffer, core ? 24 : 28);
            long rowBytes = ((long) size.width() * bits + 31) / 32 * 4;
            if (Bytes.unsigned32(buffer, 10) + rowBytes * size.height() > bytes.length) {
                throw new ImageException(
                        Code.TRUNCATED, "the BMP ends after %d bytes, before its last pixel".formatted(bytes.length));
            }
        }
        return Reading.with(Plugins.bmpReader(), bytes, reader -> reader.read(0));
    }
}
