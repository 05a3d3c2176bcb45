package io.fcnspark.image.webp;

import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Arrays;

/** A lossy picture: a key frame of VP8 (RFC 6386). */
final class Vp8Decoder {
    static final int SEGMENTS = 4;
    /** Blocks of 4x4 of a macroblock: 16 of luma, 4 of each chroma. */
    private static final int LUMA_BLOCKS = 16;

    private static final int BLOCKS = 24;

    private final Vp8Header size;
    private final int mbWidth;
    private final int mbHeight;
    private final Vp8Planes planes;
    private final Vp8Prediction prediction = new Vp8Prediction();
    private final Vp8Residuals residuals = new Vp8Residuals();

    private final BoolReader modes;
    private final BoolReader[] tokens;

    private final Segments segments;
    private final Vp8Filter filter;
    private final boolean filtered;
    private final Steps[] steps;
    private final boolean hasSkips;
    private final int skipProbability;

    /** Modes of the blocks above and to the left; what is not there counts as DC, which is 0. */
    private final byte[] modesAbove;

    private final byte[] modesLeft = new byte[4];
    /** Which of the blocks above and to the left have coefficients: four of luma, two of each chroma, the second order. */
    private final byte[] codedAbove;

    private final byte[] codedLeft = new byte[9];
    /** How to filter each macroblock: its kind, and above it whether within. */
    private final byte[] filterKinds;

    private final byte[] blockModes = new byte[LUMA_BLOCKS];
    private final short[] coefficients = new short[(BLOCKS + 1) * 16];
    /** How many coefficients of each block count: 0, the first alone (1), or more. */
    private final int[] counts = new int[BLOCKS];

    /** What a segment of the picture has of its own. */
    private record Segments(boolean present, boolean mapped, boolean absolute, int[] steps, int[] levels, int[] tree) {
        static Segments read(BoolReader in) {
            int[] steps = new int[SEGMENTS];
            int[] levels = new int[SEGMENTS];
            int[] tree = {255, 255, 255};
            boolean present = in.flag();
            boolean mapped = present && in.flag();
            boolean absolute = false;
            if (present && in.flag()) {
                absolute = in.flag();
                for (int i = 0; i < SEGMENTS; i++) {
                    steps[i] = in.optionalSigned(7);
                }
                for (int i = 0; i < SEGMENTS; i++) {
                    levels[i] = in.optionalSigned(6);
                }
            }
            if (mapped) {
                for (int i = 0; i < tree.length; i++) {
                    tree[i] = in.flag() ? in.number(8) : 255;
                }
            }
            return new Segments(present, mapped, absolute, steps, levels, tree);
        }

        int step(int segment, int ofPicture) {
            return present ? steps[segment] + (absolute ? 0 : ofPicture) : ofPicture;
        }

        int level(int segment, int ofPicture) {
            return present ? levels[segment] + (absolute ? 0 : ofPicture) : ofPicture;
        }
    }

    /** Steps of the quantiser: of first coefficients and others, of luma, of the second order, and of chroma. */
    private record Steps(int lumaDc, int lumaAc, int secondDc, int secondAc, int chromaDc, int chromaAc) {}

    /** Decodes the picture from {@code start} up to {@code end}: 3 bytes a pixel, red, green, blue. */
    static byte[] rgb(byte[] bytes, int start, int end) throws IOException {
        return new Vp8Decoder(bytes, Vp8Header.of(bytes, start, end), end).rgb();
    }

    private Vp8Decoder(byte[] bytes, Vp8Header header, int end) throws IOException {
        if (header.modesEnd() > end) {
            throw new EOFException("it ends within its first partition");
        }
        this.size = header;
        this.mbWidth = (header.width() + 15) / 16;
        this.mbHeight = (header.height() + 15) / 16;
        this.modes = new BoolReader(bytes, header.modesAt(), header.modesEnd());
        // Colour space, and whether values need no clipping: of no consequence.
        modes.number(2);
        this.segments = Segments.read(modes);
        boolean simple = modes.flag();
        int level = modes.number(6);
        int sharpness = modes.number(3);
        int[] deltas = readDeltas(modes);
        this.filtered = level > 0;
        int[] levels = new int[SEGMENTS];
        Arrays.setAll(levels, segment -> segments.level(segment, level));
        this.filter = new Vp8Filter(simple, levels, sharpness, deltas[0], deltas[1]);
        this.tokens = partitions(bytes, header.modesEnd(), end, 1 << modes.number(2));
        this.steps = readSteps();
        // Whether the probabilities hold for frames to come.
        modes.flag();
        residuals.readProbabilities(modes);
        this.hasSkips = modes.flag();
        this.skipProbability = hasSkips ? modes.number(8) : 0;
        if (modes.exhausted()) {
            throw new EOFException("it ends within the header of its picture");
        }
        this.planes = new Vp8Planes(mbWidth, mbHeight);
        this.modesAbove = new byte[4 * mbWidth];
        this.codedAbove = new byte[codedLeft.length * mbWidth];
        this.filterKinds = new byte[mbWidth * mbHeight];
    }

    /** Of the filter's level: of pictures that stand alone, and of macroblocks that are predicted in blocks of 4x4. */
    private static int[] readDeltas(BoolReader in) {
        int[] deltas = new int[8];
        if (!in.flag()) {
            return new int[2];
        }
        if (in.flag()) {
            for (int i = 0; i < deltas.length; i++) {
                deltas[i] = in.optionalSigned(6);
            }
        }
        return new int[] {deltas[0], deltas[4]};
    }

    private static BoolReader[] partitions(byte[] bytes, int start, int end, int count) throws IOException {
        int sizes = start;
        int at = start + 3 * (count - 1);
        if (at >= end) {
            throw new EOFException("it ends before its coefficients");
        }
        BoolReader[] partitions = new BoolReader[count];
        for (int i = 0; i < count - 1; i++, sizes += 3) {
            int next = Math.min(end, at + Vp8Header.number(bytes, sizes, 3));
            partitions[i] = new BoolReader(bytes, at, next);
            at = next;
        }
        partitions[count - 1] = new BoolReader(bytes, at, end);
        return partitions;
    }

    private Steps[] readSteps() {
        int index = modes.number(7);
        int lumaDc = modes.optionalSigned(4);
        int secondDc = modes.optionalSigned(4);
        int secondAc = modes.optionalSigned(4);
        int chromaDc = modes.optionalSigned(4);
        int chromaAc = modes.optionalSigned(4);
        Steps[] all = new Steps[SEGMENTS];
        for (int i = 0; i < SEGMENTS; i++) {
            int q = segments.step(i, index);
            all[i] = new Steps(
                    step(Vp8Tables.DC_STEPS, q + lumaDc, 127),
                    step(Vp8Tables.AC_STEPS, q, 127),
                    2 * step(Vp8Tables.DC_STEPS, q + secondDc, 127),
                    Math.max(8, step(Vp8Tables.AC_STEPS, q + secondAc, 127) * 155 / 100),
                    step(Vp8Tables.DC_STEPS, q + chromaDc, 117),
                    step(Vp8Tables.AC_STEPS, q + chromaAc, 127));
        }
        return all;
    }

    private static int step(int[] table, int index, int last) {
        return table[Math.max(0, Math.min(last, index))];
    }

    private byte[] rgb() throws IOException {
        for (int mbY = 0; mbY < mbHeight; mbY++) {
            requireWanted();
            BoolReader in = tokens[mbY & (tokens.length - 1)];
            Arrays.fill(modesLeft, (byte) 0);
            Arrays.fill(codedLeft, (byte) 0);
            for (int mbX = 0; mbX < mbWidth; mbX++) {
                macroblock(in, mbX, mbY);
            }
            if (modes.exhausted() || in.exhausted()) {
                throw new EOFException("it ends in row %d of %d".formatted(16 * mbY, size.height()));
            }
        }
        if (filtered) {
            for (int mbY = 0; mbY < mbHeight; mbY++) {
                requireWanted();
                for (int mbX = 0; mbX < mbWidth; mbX++) {
                    int kind = filterKinds[mbY * mbWidth + mbX];
                    filter.macroblock(planes, mbX, mbY, kind & (2 * SEGMENTS - 1), kind >= 2 * SEGMENTS);
                }
            }
        }
        byte[] rgb = new byte[3 * size.width() * size.height()];
        for (int row = 0; row < size.height(); row++) {
            planes.rgbRow(row, size.width(), size.height(), rgb, 3 * row * size.width());
        }
        return rgb;
    }

    /** Nobody waits for a picture whose thread is interrupted. */
    static void requireWanted() throws InterruptedIOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("it takes too long");
        }
    }

    private void macroblock(BoolReader in, int mbX, int mbY) {
        int segment = !segments.mapped()
                ? 0
                : modes.bit(segments.tree()[0]) == 0
                        ? modes.bit(segments.tree()[1])
                        : 2 + modes.bit(segments.tree()[2]);
        boolean skipped = hasSkips && modes.bit(skipProbability) == 1;
        boolean inSubblocks = modes.bit(145) == 0;
        int lumaMode = 0;
        if (inSubblocks) {
            readBlockModes(mbX);
        } else {
            lumaMode = modes.bit(156) == 1
                    ? (modes.bit(128) == 1 ? Vp8Prediction.TRUE_MOTION : Vp8Prediction.HORIZONTAL)
                    : (modes.bit(163) == 1 ? Vp8Prediction.VERTICAL : Vp8Prediction.DC);
            Arrays.fill(modesAbove, 4 * mbX, 4 * mbX + 4, (byte) lumaMode);
            Arrays.fill(modesLeft, (byte) lumaMode);
        }
        int chromaMode = modes.bit(142) == 0
                ? Vp8Prediction.DC
                : modes.bit(114) == 0
                        ? Vp8Prediction.VERTICAL
                        : modes.bit(183) == 1 ? Vp8Prediction.TRUE_MOTION : Vp8Prediction.HORIZONTAL;
        boolean coded = false;
        if (skipped) {
            forgetCoded(mbX, inSubblocks);
        } else {
            coded = readCoefficients(in, mbX, inSubblocks, steps[segment]);
        }
        filterKinds[mbY * mbWidth + mbX] =
                (byte) (Vp8Filter.kind(segment, inSubblocks) + (inSubblocks || coded ? 2 * SEGMENTS : 0));
        reconstruct(mbX, mbY, inSubblocks, lumaMode, chromaMode, coded);
    }

    private void readBlockModes(int mbX) {
        for (int y = 0; y < 4; y++) {
            int left = modesLeft[y];
            for (int x = 0; x < 4; x++) {
                int p = (10 * modesAbove[4 * mbX + x] + left) * 9;
                left = readBlockMode(Vp8Tables.SUBBLOCK_MODES, p);
                modesAbove[4 * mbX + x] = (byte) left;
                blockModes[4 * y + x] = (byte) left;
            }
            modesLeft[y] = (byte) left;
        }
    }

    /** The tree of section 11.2. */
    private int readBlockMode(int[] p, int at) {
        if (modes.bit(p[at]) == 0) {
            return 0;
        }
        if (modes.bit(p[at + 1]) == 0) {
            return 1;
        }
        if (modes.bit(p[at + 2]) == 0) {
            return 2;
        }
        if (modes.bit(p[at + 3]) == 0) {
            if (modes.bit(p[at + 4]) == 0) {
                return 3;
            }
            return 5 + modes.bit(p[at + 5]);
        }
        if (modes.bit(p[at + 6]) == 0) {
            return 4;
        }
        if (modes.bit(p[at + 7]) == 0) {
            return 7;
        }
        return 8 + modes.bit(p[at + 8]);
    }

    private void forgetCoded(int mbX, boolean inSubblocks) {
        int above = codedLeft.length * mbX;
        // What a macroblock in blocks of 4x4 says of the second order is nothing.
        int kept = inSubblocks ? 8 : 9;
        Arrays.fill(codedAbove, above, above + kept, (byte) 0);
        Arrays.fill(codedLeft, 0, kept, (byte) 0);
    }

    /** Whether any coefficient is not zero. */
    private boolean readCoefficients(BoolReader in, int mbX, boolean inSubblocks, Steps q) {
        Arrays.fill(coefficients, (short) 0);
        int above = codedLeft.length * mbX;
        int first = 0;
        int kind = Vp8Residuals.LUMA;
        if (!inSubblocks) {
            int context = codedAbove[above + 8] + codedLeft[8];
            int count = residuals.read(
                    in,
                    Vp8Residuals.SECOND_ORDER,
                    context,
                    0,
                    q.secondDc(),
                    q.secondAc(),
                    coefficients,
                    LUMA_BLOCKS * 16);
            codedAbove[above + 8] = codedLeft[8] = (byte) (count > 0 ? 1 : 0);
            if (count > 0) {
                Vp8Residuals.spreadSecondOrder(coefficients);
                Arrays.fill(coefficients, LUMA_BLOCKS * 16, LUMA_BLOCKS * 16 + 16, (short) 0);
            }
            first = 1;
            kind = Vp8Residuals.LUMA_WITHOUT_FIRST;
        }
        boolean any = false;
        for (int block = 0; block < LUMA_BLOCKS; block++) {
            any |= readBlock(in, block, kind, first, above + (block & 3), block >> 2, q.lumaDc(), q.lumaAc());
        }
        for (int block = LUMA_BLOCKS; block < BLOCKS; block++) {
            int plane = 4 + (block - LUMA_BLOCKS) / 4 * 2;
            int x = plane + (block & 1);
            int y = plane + ((block >> 1) & 1);
            any |= readBlock(in, block, Vp8Residuals.CHROMA, 0, above + x, y, q.chromaDc(), q.chromaAc());
        }
        return any;
    }

    private boolean readBlock(
            BoolReader in, int block, int kind, int first, int above, int left, int dcStep, int acStep) {
        int at = 16 * block;
        int context = codedAbove[above] + codedLeft[left];
        int count = residuals.read(in, kind, context, first, dcStep, acStep, coefficients, at);
        codedAbove[above] = codedLeft[left] = (byte) (count > first ? 1 : 0);
        counts[block] = count > 1 ? count : coefficients[at] != 0 ? 1 : 0;
        return counts[block] > 0;
    }

    private void reconstruct(int mbX, int mbY, boolean inSubblocks, int lumaMode, int chromaMode, boolean coded) {
        byte[] y = planes.y();
        int stride = planes.lumaStride();
        int at = planes.lumaAt(mbX, mbY);
        if (!inSubblocks) {
            Vp8Prediction.square(y, at, stride, 16, lumaMode, mbY > 0, mbX > 0);
        }
        int aboveRight = inSubblocks ? aboveRight(mbX, mbY) : 0;
        for (int block = 0; block < LUMA_BLOCKS; block++) {
            int blockAt = at + (block >> 2) * 4 * stride + (block & 3) * 4;
            if (inSubblocks) {
                int right = (block & 3) == 3 ? aboveRight : four(y, blockAt - stride + 4);
                prediction.block(y, blockAt, stride, blockModes[block], right);
            }
            if (coded) {
                add(block, y, blockAt, stride);
            }
        }
        int chromaStride = planes.chromaStride();
        int chromaAt = planes.chromaAt(mbX, mbY);
        Vp8Prediction.square(planes.u(), chromaAt, chromaStride, 8, chromaMode, mbY > 0, mbX > 0);
        Vp8Prediction.square(planes.v(), chromaAt, chromaStride, 8, chromaMode, mbY > 0, mbX > 0);
        if (coded) {
            for (int block = 0; block < 4; block++) {
                int blockAt = chromaAt + (block >> 1) * 4 * chromaStride + (block & 1) * 4;
                add(LUMA_BLOCKS + block, planes.u(), blockAt, chromaStride);
                add(LUMA_BLOCKS + 4 + block, planes.v(), blockAt, chromaStride);
            }
        }
    }

    /** What blocks on the right of a macroblock take for the pixels above and to their right, all four alike. */
    private int aboveRight(int mbX, int mbY) {
        int above = planes.lumaAt(mbX, mbY) - planes.lumaStride();
        if (mbY == 0) {
            return 0x7f7f7f7f;
        }
        if (mbX == mbWidth - 1) {
            return 0x01010101 * (planes.y()[above + 15] & 0xff);
        }
        return four(planes.y(), above + 16);
    }

    private static int four(byte[] plane, int at) {
        return Vp8Header.number(plane, at, 4);
    }

    private void add(int block, byte[] plane, int at, int stride) {
        switch (counts[block]) {
            case 0 -> {}
            case 1 -> Vp8Residuals.addFirst(coefficients[16 * block], plane, at, stride);
            default -> residuals.add(coefficients, 16 * block, plane, at, stride);
        }
    }
}
