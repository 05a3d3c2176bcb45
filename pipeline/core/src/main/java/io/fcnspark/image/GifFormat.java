package io.fcnspark.image;

import io.fcnspark.image.ImageException.Code;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;

/** GIF: the first frame, where it stands on the screen that the file describes; the rest of the screen is black. */
final class GifFormat implements ImageFormat {
    @Override
    public String name() {
        return "GIF";
    }

    @Override
    public boolean matches(byte[] bytes) {
        return Bytes.hasAt(bytes, 0, "GIF87a") || Bytes.hasAt(bytes, 0, "GIF89a");
    }

    @Override
    public ImageHeader header(byte[] bytes) throws ImageException {
        Screen screen = Screen.of(bytes);
        return ImageHeader.of(screen.width(), screen.height(), Orientation.NORMAL);
    }

    @Override
    public int bytesPerPixel(byte[] bytes) {
        // An index, and the screen where the frame does not fill it.
        return 1 + 3;
    }

    @Override
    public BufferedImage read(byte[] bytes) throws IOException, ImageException {
        Screen screen = Screen.of(bytes);
        screen.requireWholeFrame(bytes);
        BufferedImage frame = Reading.with(Plugins.gifReader(), bytes, reader -> reader.read(0));
        if (screen.width() == frame.getWidth() && screen.height() == frame.getHeight()) {
            return frame;
        }
        BufferedImage shown = new BufferedImage(screen.width(), screen.height(), BufferedImage.TYPE_3BYTE_BGR);
        Graphics2D graphics = shown.createGraphics();
        graphics.drawImage(frame, screen.frameLeft(), screen.frameTop(), null);
        graphics.dispose();
        return shown;
    }

    /**
     * The screen and the first frame on it.
     *
     * @param width of the screen, enlarged to hold the frame
     * @param frameAt offset of the frame's descriptor in the file
     */
    private record Screen(int width, int height, int frameLeft, int frameTop, int frameAt) {
        private static final int SCREEN_BYTES = 13;
        private static final int FRAME_BYTES = 10;

        static Screen of(byte[] bytes) throws ImageException {
            ByteBuffer buffer = Bytes.littleEndian(bytes);
            if (bytes.length < SCREEN_BYTES) {
                throw cut(bytes);
            }
            int at = SCREEN_BYTES + colourTableBytes(bytes[10]);
            while (at + 1 < bytes.length && bytes[at] == '!') {
                at = afterBlocks(bytes, at + 2);
            }
            if (at + FRAME_BYTES > bytes.length) {
                throw cut(bytes);
            }
            if (bytes[at] != ',') {
                throw new ImageException(Code.TRUNCATED, "the GIF holds no frame");
            }
            int left = Bytes.unsigned16(buffer, at + 1);
            int top = Bytes.unsigned16(buffer, at + 3);
            return new Screen(
                    Math.max(Bytes.unsigned16(buffer, 6), left + Bytes.unsigned16(buffer, at + 5)),
                    Math.max(Bytes.unsigned16(buffer, 8), top + Bytes.unsigned16(buffer, at + 7)),
                    left,
                    top,
                    at);
        }

        void requireWholeFrame(byte[] bytes) throws ImageException {
            int at = frameAt + FRAME_BYTES + colourTableBytes(bytes[frameAt + 9]);
            // After the size of the codes.
            if (afterBlocks(bytes, at + 1) > bytes.length) {
                throw cut(bytes);
            }
        }

        private static int colourTableBytes(byte flags) {
            return (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);
        }

        /** Offset after a series of blocks and its end; beyond the file if that is cut. */
        private static int afterBlocks(byte[] bytes, int from) {
            int at = from;
            while (at < bytes.length && bytes[at] != 0) {
                at += 1 + (bytes[at] & 0xff);
            }
            return at + 1;
        }

        private static ImageException cut(byte[] bytes) {
            return new ImageException(
                    Code.TRUNCATED, "the GIF ends after %d bytes, within its first frame".formatted(bytes.length));
        }
    }
}
