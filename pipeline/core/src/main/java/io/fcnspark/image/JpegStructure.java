package io.fcnspark.image;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The markers of a JPEG file (ITU-T T.81, annex B).
 *
 * @param frame the first frame header
 * @param scans number of scans
 * @param orientation of the first Exif segment
 * @param adobeTransform colour transform of Adobe's segment (0 none, 1 YCbCr, 2 YCCK), or {@link #NO_ADOBE}
 * @param profiles segments that hold a colour profile
 * @param ending what comes after the last scan
 */
record JpegStructure(
        Optional<Frame> frame,
        int scans,
        Orientation orientation,
        int adobeTransform,
        List<Segment> profiles,
        Ending ending) {
    static final int NO_ADOBE = -1;
    static final int YCCK = 2;

    /** How a file ends. */
    enum Ending {
        /** With the end marker. */
        COMPLETE,
        /** Within a scan, after which no other would be missed: all pixels may be there. */
        WITHOUT_MARKER,
        /** Too early. */
        CUT
    }

    /** A segment with its marker. */
    record Segment(int start, int end) {}

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

    boolean complete() {
        return ending == Ending.COMPLETE;
    }

    static JpegStructure of(byte[] bytes) {
        ByteBuffer buffer = Bytes.bigEndian(bytes);
        Optional<Frame> frame = Optional.empty();
        Optional<Orientation> orientation = Optional.empty();
        List<Segment> profiles = new ArrayList<>();
        Coverage coverage = new Coverage();
        Ending ending = Ending.CUT;
        int adobe = NO_ADOBE;
        int scans = 0;
        int at = 2;
        while (true) {
            at = nextMarker(bytes, at);
            if (at + 2 > bytes.length) {
                ending = scans > 0 && coverage.isWhole() ? Ending.WITHOUT_MARKER : Ending.CUT;
                break;
            }
            int marker = bytes[at + 1] & 0xff;
            at += 2;
            if (marker == 0xd9) {
                ending = Ending.COMPLETE;
                break;
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
                coverage.expect(bytes, at, length);
            } else if (marker == 0xe1
                    && orientation.isEmpty()
                    && length >= 8
                    && Bytes.hasAt(bytes, at + 2, Exif.PREFIX)) {
                orientation = Optional.of(Exif.orientation(bytes, at + 2, length - 2));
            } else if (marker == 0xe2 && Bytes.hasAt(bytes, at + 2, "ICC_PROFILE\0")) {
                profiles.add(new Segment(at - 2, at + length));
            } else if (marker == 0xee && length >= 14 && Bytes.hasAt(bytes, at + 2, "Adobe")) {
                adobe = bytes[at + 13] & 0xff;
            } else if (marker == 0xda) {
                scans++;
                coverage.add(bytes, at, length);
            }
            at += length;
        }
        return new JpegStructure(
                frame, scans, orientation.orElse(Orientation.NORMAL), adobe, List.copyOf(profiles), ending);
    }

    /** Which bits of which coefficients the scans so far have told: a progressive file tells them bit by bit. */
    private static final class Coverage {
        private static final int COEFFICIENTS = 64;
        private static final byte NOTHING = 100;

        /** The lowest bit that was told, by component and coefficient. */
        private final Map<Integer, byte[]> lowestBits = new HashMap<>();

        void expect(byte[] bytes, int frame, int length) {
            int components = bytes[frame + 7] & 0xff;
            for (int i = 0; i < components && 8 + 3 * i < length; i++) {
                byte[] nothing = new byte[COEFFICIENTS];
                Arrays.fill(nothing, NOTHING);
                lowestBits.put(bytes[frame + 8 + 3 * i] & 0xff, nothing);
            }
        }

        void add(byte[] bytes, int scan, int length) {
            int components = length > 2 ? bytes[scan + 2] & 0xff : 0;
            int after = scan + 3 + 2 * components;
            if (after + 3 > scan + length) {
                return;
            }
            int first = bytes[after] & 0xff;
            int last = Math.min(bytes[after + 1] & 0xff, COEFFICIENTS - 1);
            for (int i = 0; i < components; i++) {
                byte[] lowest = lowestBits.get(bytes[scan + 3 + 2 * i] & 0xff);
                if (lowest != null && first <= last) {
                    Arrays.fill(lowest, first, last + 1, (byte) (bytes[after + 2] & 0xf));
                }
            }
        }

        boolean isWhole() {
            for (byte[] lowest : lowestBits.values()) {
                for (byte bit : lowest) {
                    if (bit != 0) {
                        return false;
                    }
                }
            }
            return true;
        }
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
