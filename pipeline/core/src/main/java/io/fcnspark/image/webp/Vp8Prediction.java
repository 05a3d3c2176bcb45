package io.fcnspark.image.webp;

import java.util.Arrays;

/**
 * Prediction of pixels from those above and to the left (RFC 6386, section 12). Planes have a column of 129 on their left and a
 * row of 127 above, which are the pixels that are not there.
 */
final class Vp8Prediction {
    /** Modes, in the order of the format. A whole macroblock has the first four only. */
    static final int DC = 0;

    static final int TRUE_MOTION = 1;
    static final int VERTICAL = 2;
    static final int HORIZONTAL = 3;

    private static final int LEFT_DOWN = 4;
    private static final int RIGHT_DOWN = 5;
    private static final int VERTICAL_RIGHT = 6;
    private static final int VERTICAL_LEFT = 7;
    private static final int HORIZONTAL_DOWN = 8;

    /** The pixels around a block of 4x4, from the lower left over the corner to the upper right. */
    private final int[] edge = new int[4 + 1 + 8];

    /**
     * Predicts a square of 8 or 16 pixels.
     *
     * @param at offset of its first pixel
     * @param hasAbove whether there is a macroblock above
     * @param hasLeft whether there is one to the left
     */
    static void square(byte[] plane, int at, int stride, int size, int mode, boolean hasAbove, boolean hasLeft) {
        switch (mode) {
            case DC -> {
                byte mean = mean(plane, at, stride, size, hasAbove, hasLeft);
                for (int y = 0; y < size; y++) {
                    Arrays.fill(plane, at + y * stride, at + y * stride + size, mean);
                }
            }
            case TRUE_MOTION -> trueMotion(plane, at, stride, size);
            case VERTICAL -> {
                for (int y = 0; y < size; y++) {
                    System.arraycopy(plane, at - stride, plane, at + y * stride, size);
                }
            }
            default -> {
                for (int y = 0; y < size; y++) {
                    int row = at + y * stride;
                    Arrays.fill(plane, row, row + size, plane[row - 1]);
                }
            }
        }
    }

    private static byte mean(byte[] plane, int at, int stride, int size, boolean hasAbove, boolean hasLeft) {
        int sum = 0;
        int count = 0;
        if (hasAbove) {
            for (int x = 0; x < size; x++) {
                sum += plane[at - stride + x] & 0xff;
            }
            count += size;
        }
        if (hasLeft) {
            for (int y = 0; y < size; y++) {
                sum += plane[at + y * stride - 1] & 0xff;
            }
            count += size;
        }
        return count == 0 ? (byte) 128 : (byte) ((sum + count / 2) / count);
    }

    private static void trueMotion(byte[] plane, int at, int stride, int size) {
        int above = at - stride;
        int corner = plane[above - 1] & 0xff;
        for (int y = 0; y < size; y++) {
            int row = at + y * stride;
            int left = (plane[row - 1] & 0xff) - corner;
            for (int x = 0; x < size; x++) {
                plane[row + x] = clip(left + (plane[above + x] & 0xff));
            }
        }
    }

    /**
     * Predicts a block of 4x4.
     *
     * @param aboveRight the four pixels that follow those above, one a byte, the first the lowest
     */
    void block(byte[] plane, int at, int stride, int mode, int aboveRight) {
        if (mode == TRUE_MOTION) {
            trueMotion(plane, at, stride, 4);
            return;
        }
        int[] e = edge;
        int above = at - stride;
        for (int i = 0; i < 4; i++) {
            e[i] = plane[at + (3 - i) * stride - 1] & 0xff;
            e[5 + i] = plane[above + i] & 0xff;
            e[9 + i] = (aboveRight >>> (8 * i)) & 0xff;
        }
        e[4] = plane[above - 1] & 0xff;
        switch (mode) {
            case DC -> {
                byte mean = (byte) ((e[0] + e[1] + e[2] + e[3] + e[5] + e[6] + e[7] + e[8] + 4) >> 3);
                for (int y = 0; y < 4; y++) {
                    Arrays.fill(plane, at + y * stride, at + y * stride + 4, mean);
                }
            }
            case VERTICAL -> {
                for (int x = 0; x < 4; x++) {
                    byte smooth = smooth(4 + x);
                    for (int y = 0; y < 4; y++) {
                        plane[at + y * stride + x] = smooth;
                    }
                }
            }
            case HORIZONTAL -> {
                for (int y = 0; y < 4; y++) {
                    byte smooth = y == 3 ? (byte) ((e[1] + 3 * e[0] + 2) >> 2) : smooth(2 - y);
                    Arrays.fill(plane, at + y * stride, at + y * stride + 4, smooth);
                }
            }
            case LEFT_DOWN -> {
                for (int y = 0; y < 4; y++) {
                    for (int x = 0; x < 4; x++) {
                        plane[at + y * stride + x] =
                                x + y == 6 ? (byte) ((e[11] + 3 * e[12] + 2) >> 2) : smooth(5 + x + y);
                    }
                }
            }
            case RIGHT_DOWN -> {
                for (int y = 0; y < 4; y++) {
                    for (int x = 0; x < 4; x++) {
                        plane[at + y * stride + x] = smooth(3 + x - y);
                    }
                }
            }
            case VERTICAL_RIGHT -> {
                int second = at + stride;
                int third = second + stride;
                int fourth = third + stride;
                for (int x = 0; x < 4; x++) {
                    plane[at + x] = mean(4 + x);
                    plane[second + x] = smooth(3 + x);
                }
                plane[third] = smooth(2);
                plane[fourth] = smooth(1);
                System.arraycopy(plane, at, plane, third + 1, 3);
                System.arraycopy(plane, second, plane, fourth + 1, 3);
            }
            case VERTICAL_LEFT -> {
                int second = at + stride;
                int third = second + stride;
                int fourth = third + stride;
                for (int x = 0; x < 4; x++) {
                    plane[at + x] = mean(5 + x);
                    plane[second + x] = smooth(5 + x);
                }
                System.arraycopy(plane, at + 1, plane, third, 3);
                System.arraycopy(plane, second + 1, plane, fourth, 3);
                plane[third + 3] = smooth(9);
                plane[fourth + 3] = smooth(10);
            }
            case HORIZONTAL_DOWN -> {
                for (int y = 0; y < 4; y++) {
                    for (int x = 0; x < 4; x++) {
                        // Every second pixel to the right is as one that is a row higher.
                        int i = 3 - y + x / 2;
                        plane[at + y * stride + x] = pixelDown(x, y, i);
                    }
                }
            }
            default -> {
                for (int y = 0; y < 4; y++) {
                    for (int x = 0; x < 4; x++) {
                        plane[at + y * stride + x] = pixelUp(x + 2 * y);
                    }
                }
            }
        }
    }

    private byte pixelDown(int x, int y, int i) {
        // Beyond the corner the row above counts, a pixel a step.
        if (x > 2 * y + 1) {
            return smooth(2 + x - 2 * y);
        }
        return x % 2 == 0 ? mean(i) : smooth(i);
    }

    private byte pixelUp(int step) {
        return switch (step) {
            case 0, 2, 4 -> mean(2 - step / 2);
            case 1, 3 -> smooth(1 - step / 2);
            case 5 -> (byte) ((edge[1] + 3 * edge[0] + 2) >> 2);
            default -> (byte) edge[0];
        };
    }

    /** Mean of a pixel of the edge and the next. */
    private byte mean(int i) {
        return (byte) ((edge[i] + edge[i + 1] + 1) >> 1);
    }

    /** Weighted mean of three pixels of the edge. */
    private byte smooth(int i) {
        return (byte) ((edge[i] + 2 * edge[i + 1] + edge[i + 2] + 2) >> 2);
    }

    static byte clip(int value) {
        return (byte) Math.max(0, Math.min(255, value));
    }
}
