package io.fcnspark.image;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * PNG of one channel of 8 bits, the form of most masks. Rows are not filtered: label maps, with their runs of equal values,
 * become larger by any filter.
 */
final class GreyPng {
    private static final long SIGNATURE = 0x89504e470d0a1a0aL;
    private static final int HEADER_BYTES = 13;
    private static final int CHUNK_BYTES = 12;

    private GreyPng() {}

    /** @param values unsigned, row by row from the top left */
    static byte[] write(int width, int height, byte[] values, int level) {
        byte[] header = ByteBuffer.allocate(HEADER_BYTES)
                .putInt(width)
                .putInt(height)
                // 8 bits, grey; the only compression and the only set of filters; not interlaced.
                .put(new byte[] {8, 0, 0, 0, 0})
                .array();
        byte[] data = deflated(width, height, values, level);
        ByteBuffer png = ByteBuffer.allocate(Long.BYTES + header.length + data.length + 3 * CHUNK_BYTES);
        png.putLong(SIGNATURE);
        chunk(png, "IHDR", header);
        chunk(png, "IDAT", data);
        chunk(png, "IEND", new byte[0]);
        return png.array();
    }

    private static void chunk(ByteBuffer png, String type, byte[] content) {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        CRC32 crc = new CRC32();
        crc.update(name);
        crc.update(content);
        png.putInt(content.length).put(name).put(content);
        png.putInt((int) crc.getValue());
    }

    /** Each row after a byte that names its filter, none. */
    private static byte[] deflated(int width, int height, byte[] values, int level) {
        Deflater deflater = new Deflater(level);
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] buffer = new byte[1 << 14];
            byte[] row = new byte[width + 1];
            for (int y = 0; y < height; y++) {
                System.arraycopy(values, y * width, row, 1, width);
                deflater.setInput(row);
                drain(deflater, buffer, out);
            }
            deflater.finish();
            while (!deflater.finished()) {
                drain(deflater, buffer, out);
            }
            return out.toByteArray();
        } finally {
            deflater.end();
        }
    }

    private static void drain(Deflater deflater, byte[] buffer, ByteArrayOutputStream out) {
        while (true) {
            int length = deflater.deflate(buffer);
            if (length == 0) {
                return;
            }
            out.write(buffer, 0, length);
        }
    }
}
