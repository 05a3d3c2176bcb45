package io.fcnspark.image;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The markers of a JPEG file (ITU-T T.81, annex B).
 *
 * @param frame the first frame header
 * @param scans number of scans
 * @param orientation of the first Exif segment
 * @param adobeTransform colour transform of Adobe's segment (0 none, 1 YCbCr, 2 YCCK), or {@link #NO_ADOBE}
 * @param complete whether the end marker comes
 */
record JpegStructure(Optional<Frame> frame, int scans, Orientation orientation, int adobeTransform, boolean complete) {
    static final int NO_ADOBE = -1;
    static final int YCCK = 2;

    private static final String EXIF = "Exif\0\0";

    /**
     * A frame header.
     *
     * @param process last 4 bits of its marker: 0 baseline, 1 extended, 2 progressive, others lossless or arithmetic
     * @param bits a sample
     */
    record Frame(int process, int bits, int width, int height, int components) {
        boolean isSupported() {
            return process <= 2 && bits == 8 && (components == 1 || components == 3 || components == 4);
        }

        @Override
        public String toString() {
            return "coding process %d, %d bits, %d components".formatted(process, bits, components);
        }
    }

    static JpegStructure of(byte[] bytes) {
        ByteBuffer buffer = Bytes.bigEndian(bytes);
        Optional<Frame> frame = Optional.empty();
        Optional<Orientation> orientation = Optional.empty();
        int adobe = NO_ADOBE;
        int scans = 0;
        int at = 2;
        while (true) {
            at = nextMarker(bytes, at);
            if (at + 2 > bytes.length) {
                break;
            }
            int marker = bytes[at + 1] & 0xff;
            at += 2;
            if (marker == 0xd9) {
                return new JpegStructure(frame, scans, orientation.orElse(Orientation.NORMAL), adobe, true);
            }
            if (marker <= 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
                continue;
            }
            int length = at + 2 > bytes.length ? 0 : Bytes.unsigned16(buffer, at);
            if (length < 2 || at + length > bytes.length) {
                break;
            }
            if (isFrame(marker) && frame.isEmpty() && length >= 8) {
                frame = Optional.of(new Frame(
                        marker & 0xf,
                        bytes[at + 2] & 0xff,
                        Bytes.unsigned16(buffer, at + 5),
                        Bytes.unsigned16(buffer, at + 3),
                        bytes[at + 7] & 0xff));
            } else if (marker == 0xe1 && orientation.isEmpty() && length >= 8 && Bytes.hasAt(bytes, at + 2, EXIF)) {
                int header = 2 + EXIF.length();
                orientation = Optional.of(new TiffDirectory(bytes, at + header, length - header).orientation());
            } else if (marker == 0xee && length >= 14 && Bytes.hasAt(bytes, at + 2, "Adobe")) {
                adobe = bytes[at + 13] & 0xff;
            } else if (marker == 0xda) {
                scans++;
            }
            at += length;
        }
        return new JpegStructure(frame, scans, orientation.orElse(Orientation.NORMAL), adobe, false);
    }

    /** Start of frame, but for tables of Huffman codes, arithmetic conditioning, and the reserved one. */
    private static boolean isFrame(int marker) {
        return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
    }

    /** Offset of the next 0xff that starts a marker: within coded pixels, 0xff00 and restart markers are none. */
    private static int nextMarker(byte[] bytes, int from) {
        for (int at = from; at + 1 < bytes.length; at++) {
            if (bytes[at] == (byte) 0xff) {
                int next = bytes[at + 1] & 0xff;
                if (next != 0x00 && next != 0xff && (next < 0xd0 || next > 0xd7)) {
                    return at;
                }
            }
        }
        return bytes.length;
    }
}
