package io.fcnspark.image.webp;

import java.util.Arrays;

/** What is added to the prediction: coefficients, and the transforms that make differences of pixels of them (sections 13, 14). */
final class Vp8Residuals {
    /** Kinds of blocks, in the order of the tables. */
    static final int LUMA_WITHOUT_FIRST = 0;

    static final int SECOND_ORDER = 1;
    static final int CHROMA = 2;
    static final int LUMA = 3;

    private static final int CONTEXT = 11;
    private static final int BAND = 3 * CONTEXT;
    private static final int KIND = 8 * BAND;
    /** Offset of a coefficient's band; one more than there are coefficients, for what would follow the last. */
    private static final int[] BANDS = Arrays.stream(new int[] {0, 1, 2, 3, 6, 4, 5, 6, 6, 6, 6, 6, 6, 6, 6, 7, 0})
            .map(band -> band * BAND)
            .toArray();

    private static final int[] ZIGZAG = {0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15};
    /** Probabilities of the bits that follow the four largest categories. */
    private static final int[][] EXTRA_BITS = {
        {173, 148, 140},
        {176, 155, 140, 135},
        {180, 157, 141, 134, 130},
        {254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129}
    };

    private final int[] probabilities = Vp8Tables.COEFFICIENT_PROBABILITIES.clone();

    /** Replaces the probabilities for which the header has others. */
    void readProbabilities(BoolReader header) {
        for (int i = 0; i < probabilities.length; i++) {
            if (header.bit(Vp8Tables.COEFFICIENT_UPDATES[i]) == 1) {
                probabilities[i] = header.number(8);
            }
        }
    }

    /**
     * Reads the coefficients of a block, multiplied by the quantiser's steps.
     *
     * @param context how many of the blocks above and to the left have coefficients
     * @param first the first that is coded
     * @param into 16 from {@code at} on, zeros before
     * @return how many come before the end of the block, zeros too
     */
    int read(BoolReader in, int kind, int context, int first, int dcStep, int acStep, short[] into, int at) {
        int[] p = probabilities;
        int base = kind * KIND;
        int node = base + BANDS[first] + context * CONTEXT;
        for (int n = first; n < 16; n++) {
            if (in.bit(p[node]) == 0) {
                return n;
            }
            while (in.bit(p[node + 1]) == 0) {
                n++;
                if (n == 16) {
                    return 16;
                }
                node = base + BANDS[n];
            }
            int next = base + BANDS[n + 1];
            int value;
            if (in.bit(p[node + 2]) == 0) {
                value = 1;
                node = next + CONTEXT;
            } else {
                value = large(in, node);
                node = next + 2 * CONTEXT;
            }
            // Sixteen bits, as everybody has them, even of values that no encoder writes.
            into[at + ZIGZAG[n]] = (short) ((in.flag() ? -value : value) * (n > 0 ? acStep : dcStep));
        }
        return 16;
    }

    private int large(BoolReader in, int node) {
        int[] p = probabilities;
        if (in.bit(p[node + 3]) == 0) {
            return in.bit(p[node + 4]) == 0 ? 2 : 3 + in.bit(p[node + 5]);
        }
        if (in.bit(p[node + 6]) == 0) {
            if (in.bit(p[node + 7]) == 0) {
                return 5 + in.bit(159);
            }
            int high = 2 * in.bit(165);
            return 7 + high + in.bit(145);
        }
        int high = in.bit(p[node + 8]);
        int category = 2 * high + in.bit(p[node + 9 + high]);
        int value = 0;
        for (int probability : EXTRA_BITS[category]) {
            value = 2 * value + in.bit(probability);
        }
        return value + 3 + (8 << category);
    }

    /** Makes the first coefficients of 16 blocks of the coefficients of the second order, which lie behind them. */
    static void spreadSecondOrder(short[] coefficients) {
        int from = 16 * 16;
        int[] columns = new int[16];
        for (int i = 0; i < 4; i++) {
            int a0 = coefficients[from + i] + coefficients[from + 12 + i];
            int a1 = coefficients[from + 4 + i] + coefficients[from + 8 + i];
            int a2 = coefficients[from + 4 + i] - coefficients[from + 8 + i];
            int a3 = coefficients[from + i] - coefficients[from + 12 + i];
            columns[i] = a0 + a1;
            columns[8 + i] = a0 - a1;
            columns[4 + i] = a3 + a2;
            columns[12 + i] = a3 - a2;
        }
        for (int i = 0; i < 16; i += 4) {
            int dc = columns[i] + 3;
            int a0 = dc + columns[i + 3];
            int a1 = columns[i + 1] + columns[i + 2];
            int a2 = columns[i + 1] - columns[i + 2];
            int a3 = dc - columns[i + 3];
            coefficients[16 * i] = (short) ((a0 + a1) >> 3);
            coefficients[16 * (i + 1)] = (short) ((a3 + a2) >> 3);
            coefficients[16 * (i + 2)] = (short) ((a0 - a1) >> 3);
            coefficients[16 * (i + 3)] = (short) ((a3 - a2) >> 3);
        }
    }

    /** Adds to a block of 4x4 what its first coefficient alone makes. */
    static void addFirst(int coefficient, byte[] plane, int at, int stride) {
        int difference = (coefficient + 4) >> 3;
        for (int y = 0; y < 4; y++) {
            int row = at + y * stride;
            for (int x = 0; x < 4; x++) {
                plane[row + x] = Vp8Prediction.clip((plane[row + x] & 0xff) + difference);
            }
        }
    }

    /** Adds to a block of 4x4 what its coefficients make. */
    void add(short[] coefficients, int from, byte[] plane, int at, int stride) {
        int[] c = columns;
        for (int i = 0; i < 4; i++) {
            int in0 = coefficients[from + i];
            int in4 = coefficients[from + 4 + i];
            int in8 = coefficients[from + 8 + i];
            int in12 = coefficients[from + 12 + i];
            int a = in0 + in8;
            int b = in0 - in8;
            int s = sine(in4) - cosine(in12);
            int d = cosine(in4) + sine(in12);
            c[4 * i] = a + d;
            c[4 * i + 1] = b + s;
            c[4 * i + 2] = b - s;
            c[4 * i + 3] = a - d;
        }
        for (int i = 0; i < 4; i++) {
            int a = c[i] + 4 + c[8 + i];
            int b = c[i] + 4 - c[8 + i];
            int s = sine(c[4 + i]) - cosine(c[12 + i]);
            int d = cosine(c[4 + i]) + sine(c[12 + i]);
            int row = at + i * stride;
            plane[row] = Vp8Prediction.clip((plane[row] & 0xff) + ((a + d) >> 3));
            plane[row + 1] = Vp8Prediction.clip((plane[row + 1] & 0xff) + ((b + s) >> 3));
            plane[row + 2] = Vp8Prediction.clip((plane[row + 2] & 0xff) + ((b - s) >> 3));
            plane[row + 3] = Vp8Prediction.clip((plane[row + 3] & 0xff) + ((a - d) >> 3));
        }
    }

    private final int[] columns = new int[16];

    /** Times the square root of 2 and the cosine of an eighth of pi. */
    private static int cosine(int value) {
        return ((value * 20091) >> 16) + value;
    }

    /** Times the square root of 2 and the sine of an eighth of pi. */
    private static int sine(int value) {
        return (value * 35468) >> 16;
    }
}
