package io.fcnspark.image.webp;

import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * A WebP file, simple or extended. Of an animation the first frame is shown, where it stands on the canvas; the rest of the
 * canvas is black. Transparency is left out, and so are profiles.
 */
public final class WebpFile {
    private static final int RIFF_HEADER = 12;
    private static final int CHUNK_HEADER = 8;
    private static final int CANVAS_HEADER = 10;
    private static final int FRAME_HEADER = 16;

    private final byte[] bytes;
    private Frame canvas;
    private Frame frame;
    private Chunk picture;
    private Chunk exif;

    /** A part of the file without its header, as far as the file goes. */
    private record Chunk(String name, int start, int end, boolean cut) {}

    /** A rectangle of the canvas. */
    private record Frame(int left, int top, int width, int height) {}

    private WebpFile(byte[] bytes) throws IOException {
        this.bytes = bytes;
        walk(RIFF_HEADER, bytes.length);
        if (picture == null) {
            long said = CHUNK_HEADER + (Vp8Header.number(bytes, 4, 4) & 0xffffffffL);
            throw said > bytes.length
                    ? new EOFException("it ends after %d bytes of %d".formatted(bytes.length, said))
                    : new IOException("it holds no picture");
        }
        Frame size = pictureSize();
        if (canvas == null) {
            canvas = size;
        }
        if (frame == null) {
            frame = canvas;
        }
        if (size.width() != frame.width() || size.height() != frame.height()) {
            throw new IOException("its header says %dx%d pixels, its picture %dx%d"
                    .formatted(frame.width(), frame.height(), size.width(), size.height()));
        }
        if (frame.left() + frame.width() > canvas.width() || frame.top() + frame.height() > canvas.height()) {
            throw new IOException("its first frame does not lie on its canvas");
        }
    }

    /** Whether the bytes begin as those of a WebP file. */
    public static boolean matches(byte[] bytes) {
        return bytes.length >= RIFF_HEADER
                && name(bytes, 0).equals("RIFF")
                && name(bytes, 8).equals("WEBP");
    }

    /**
     * Reads the headers.
     *
     * @param bytes that {@link #matches}
     * @throws EOFException if they end before the picture's header does
     * @throws IOException if they are broken
     */
    public static WebpFile of(byte[] bytes) throws IOException {
        return new WebpFile(bytes);
    }

    /** Width of the canvas in pixels. */
    public int width() {
        return canvas.width();
    }

    /** Height of the canvas in pixels. */
    public int height() {
        return canvas.height();
    }

    /** Offset of the Exif data; -1 if there are none. */
    public int exifStart() {
        return exif == null ? -1 : exif.start();
    }

    /** Where the Exif data end; -1 if there are none. */
    public int exifEnd() {
        return exif == null ? -1 : exif.end();
    }

    /** Whether the picture is stored without loss. */
    public boolean lossless() {
        return picture.name().equals("VP8L");
    }

    /**
     * Decodes the canvas.
     *
     * @return 3 bytes a pixel, red, green, blue, row by row from the top left
     * @throws EOFException if the file ends before the last pixel
     * @throws IOException if the picture is broken, or the thread is interrupted
     */
    public byte[] rgb() throws IOException {
        if (picture.cut()) {
            throw new EOFException("it ends after %d bytes, within its picture".formatted(bytes.length));
        }
        byte[] rgb = lossless()
                ? Vp8lDecoder.rgb(bytes, picture.start(), picture.end())
                : Vp8Decoder.rgb(bytes, picture.start(), picture.end());
        if (frame.equals(canvas)) {
            return rgb;
        }
        byte[] shown = new byte[3 * canvas.width() * canvas.height()];
        for (int y = 0; y < frame.height(); y++) {
            int to = 3 * ((frame.top() + y) * canvas.width() + frame.left());
            System.arraycopy(rgb, 3 * y * frame.width(), shown, to, 3 * frame.width());
        }
        return shown;
    }

    private void walk(int start, int end) throws IOException {
        for (long at = start; at + CHUNK_HEADER <= end; ) {
            int header = (int) at;
            long length = Vp8Header.number(bytes, header + 4, 4) & 0xffffffffL;
            int from = header + CHUNK_HEADER;
            visit(new Chunk(name(bytes, header), from, (int) Math.min(end, from + length), from + length > end));
            at = from + length + (length & 1);
        }
    }

    private void visit(Chunk chunk) throws IOException {
        switch (chunk.name()) {
            case "VP8 ", "VP8L" -> {
                if (picture == null) {
                    picture = chunk;
                }
            }
            case "VP8X" -> {
                if (canvas == null && picture == null) {
                    require(chunk, CANVAS_HEADER);
                    canvas = new Frame(0, 0, 1 + number(chunk, 4), 1 + number(chunk, 7));
                }
            }
            case "ANMF" -> {
                if (frame == null && picture == null) {
                    require(chunk, FRAME_HEADER);
                    frame = new Frame(
                            2 * number(chunk, 0), 2 * number(chunk, 3), 1 + number(chunk, 6), 1 + number(chunk, 9));
                    walk(chunk.start() + FRAME_HEADER, chunk.end());
                }
            }
            case "EXIF" -> {
                if (exif == null && !chunk.cut()) {
                    exif = chunk;
                }
            }
            default -> {
                // Profiles, transparency, texts, and what is to come.
            }
        }
    }

    private int number(Chunk chunk, int at) {
        return Vp8Header.number(bytes, chunk.start() + at, 3);
    }

    private static void require(Chunk chunk, int length) throws IOException {
        if (chunk.end() - chunk.start() < length) {
            throw new EOFException("it ends within its header");
        }
    }

    private Frame pictureSize() throws IOException {
        if (lossless()) {
            Vp8lHeader header = Vp8lHeader.of(new LosslessBits(bytes, picture.start(), picture.end()));
            return new Frame(0, 0, header.width(), header.height());
        }
        Vp8Header header = Vp8Header.of(bytes, picture.start(), picture.end());
        return new Frame(0, 0, header.width(), header.height());
    }

    private static String name(byte[] bytes, int at) {
        return new String(bytes, at, 4, StandardCharsets.ISO_8859_1);
    }
}
