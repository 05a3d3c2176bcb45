package io.fcnspark.image;

import io.fcnspark.image.ImageException.Code;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * GIF: the first frame, where it stands on the screen that the file describes. The rest of the screen has the transparent
 * colour, or the first one, as Pillow has it.
 */
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
        // An index of the frame, and one of the screen where the frame does not fill it.
        return 1 + 1;
    }

    @Override
    public BufferedImage read(byte[] bytes) throws IOException, ImageException {
        Screen screen = Screen.of(bytes);
        screen.requireWholeFrame(bytes);
        BufferedImage image = new BufferedImage(
                screen.width(), screen.height(), BufferedImage.TYPE_BYTE_INDEXED, screen.palette(bytes));
        byte[] indices = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
        screen.readFrame(bytes, indices);
        return image;
    }

    /**
     * The screen and the first frame on it.
     *
     * @param width of the screen, enlarged to hold the frame
     * @param background index of the colour of what is not in the frame
     * @param frameAt offset of the frame's descriptor in the file
     */
    private record Screen(int width, int height, int background, int frameAt) {
        private static final int SCREEN_BYTES = 13;
        private static final int FRAME_BYTES = 10;
        /** Rows of an interlaced frame come in four rounds: the first row of each, and the step. */
        private static final int[][] ROUNDS = {{0, 8}, {4, 8}, {2, 4}, {1, 2}};

        static Screen of(byte[] bytes) throws ImageException {
            ByteBuffer buffer = Bytes.littleEndian(bytes);
            if (bytes.length < SCREEN_BYTES) {
                throw cut(bytes);
            }
            int at = SCREEN_BYTES + colourTableBytes(bytes[10]);
            int background = 0;
            while (at + 1 < bytes.length && bytes[at] == '!') {
                // A graphic control: its flags say whether there is a transparent colour.
                if ((bytes[at + 1] & 0xff) == 0xf9 && at + 6 < bytes.length && (bytes[at + 3] & 1) == 1) {
                    background = bytes[at + 6] & 0xff;
                }
                at = afterBlocks(bytes, at + 2);
            }
            if (at + FRAME_BYTES > bytes.length) {
                throw cut(bytes);
            }
            if (bytes[at] != ',') {
                throw new ImageException(Code.TRUNCATED, "the GIF holds no frame");
            }
            return new Screen(
                    Math.max(
                            Bytes.unsigned16(buffer, 6),
                            Bytes.unsigned16(buffer, at + 1) + Bytes.unsigned16(buffer, at + 5)),
                    Math.max(
                            Bytes.unsigned16(buffer, 8),
                            Bytes.unsigned16(buffer, at + 3) + Bytes.unsigned16(buffer, at + 7)),
                    background,
                    at);
        }

        void requireWholeFrame(byte[] bytes) throws ImageException {
            // After the size of the codes.
            if (afterBlocks(bytes, pixelsAt(bytes) + 1) > bytes.length) {
                throw cut(bytes);
            }
        }

        /** The frame's own colours, or those of the file; without any, greys. */
        IndexColorModel palette(byte[] bytes) {
            boolean own = (bytes[frameAt + 9] & 0x80) != 0;
            int at = own ? frameAt + FRAME_BYTES : SCREEN_BYTES;
            int count = colourTableBytes(own ? bytes[frameAt + 9] : bytes[10]) / 3;
            byte[][] channels = new byte[3][256];
            for (int c = 0; c < 3; c++) {
                for (int i = 0; i < 256; i++) {
                    channels[c][i] = count == 0 ? (byte) i : i < count ? bytes[at + 3 * i + c] : 0;
                }
            }
            return new IndexColorModel(8, 256, channels[0], channels[1], channels[2]);
        }

        void readFrame(byte[] bytes, byte[] screen) throws IOException, ImageException {
            ByteBuffer buffer = Bytes.littleEndian(bytes);
            int left = Bytes.unsigned16(buffer, frameAt + 1);
            int top = Bytes.unsigned16(buffer, frameAt + 3);
            int columns = Bytes.unsigned16(buffer, frameAt + 5);
            int rows = Bytes.unsigned16(buffer, frameAt + 7);
            if (columns == 0 || rows == 0) {
                throw new ImageException(
                        Code.UNSUPPORTED, "the GIF's first frame has %dx%d pixels".formatted(columns, rows));
            }
            boolean interlaced = (bytes[frameAt + 9] & 0x40) != 0;
            boolean fills = columns == width && rows == height;
            byte[] frame = fills && !interlaced ? screen : new byte[columns * rows];
            GifPixels.read(bytes, pixelsAt(bytes), frame);
            if (frame == screen) {
                return;
            }
            Arrays.fill(screen, (byte) background);
            int from = 0;
            for (int[] round : interlaced ? ROUNDS : new int[][] {{0, 1}}) {
                for (int row = round[0]; row < rows; row += round[1], from += columns) {
                    System.arraycopy(frame, from, screen, (top + row) * width + left, columns);
                }
            }
        }

        private int pixelsAt(byte[] bytes) {
            return frameAt + FRAME_BYTES + colourTableBytes(bytes[frameAt + 9]);
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
