package io.fcnspark.image.webp;

import java.io.IOException;
import java.util.Arrays;

/** Undoes what a lossless encoder did to pixels before it coded them. Pixels are 0xAARRGGBB. */
final class LosslessTransforms {
    private static final int BLACK = 0xff000000;
    private static final int RED_AND_BLUE = 0xff00ff;
    private static final int ALPHA_AND_GREEN = 0xff00ff00;

    private LosslessTransforms() {}

    /** One transform of a picture of a width. */
    sealed interface Transform permits Predictor, Colours, Green, Palette {}

    /** Each pixel was replaced by its difference to a prediction; {@code modes} has a pixel for each block of 2^bits. */
    record Predictor(int width, int bits, int[] modes) implements Transform {}

    /** Red and blue were replaced by differences to multiples of others; {@code factors} has a pixel for each block. */
    record Colours(int width, int bits, int[] factors) implements Transform {}

    /** Green was taken off red and blue. */
    record Green() implements Transform {}

    /** Pixels were replaced by indices; with {@code bits} over 0, 2^bits of them share one. */
    record Palette(int width, int bits, int[] colours) implements Transform {}

    /** Pixels before a transform of those after it; the array given is used up. */
    static int[] undo(Transform transform, int[] pixels, int height) throws IOException {
        if (transform instanceof Predictor predictor) {
            undo(predictor, pixels, height);
            return pixels;
        }
        if (transform instanceof Colours colours) {
            undo(colours, pixels, height);
            return pixels;
        }
        if (transform instanceof Palette palette) {
            return undo(palette, pixels, height);
        }
        for (int i = 0; i < pixels.length; i++) {
            int green = (pixels[i] >>> 8) & 0xff;
            int others = (pixels[i] & RED_AND_BLUE) + ((green << 16) | green);
            pixels[i] = (pixels[i] & ALPHA_AND_GREEN) | (others & RED_AND_BLUE);
        }
        return pixels;
    }

    private static void undo(Predictor predictor, int[] p, int height) throws IOException {
        int width = predictor.width();
        int blocks = subsampled(width, predictor.bits());
        p[0] = sum(p[0], BLACK);
        for (int x = 1; x < width; x++) {
            p[x] = sum(p[x], p[x - 1]);
        }
        for (int y = 1; y < height; y++) {
            Vp8Decoder.requireWanted();
            int row = y * width;
            p[row] = sum(p[row], p[row - width]);
            int modeRow = (y >> predictor.bits()) * blocks;
            for (int x = 1; x < width; ) {
                int mode = (predictor.modes()[modeRow + (x >> predictor.bits())] >>> 8) & 0xf;
                int end = Math.min(width, ((x >> predictor.bits()) + 1) << predictor.bits());
                predict(p, row + x, row + end, width, mode);
                x = end;
            }
        }
    }

    /** Undoes one mode from {@code start} up to {@code end}. */
    private static void predict(int[] p, int start, int end, int width, int mode) {
        switch (mode) {
            case 1 -> {
                for (int i = start; i < end; i++) {
                    p[i] = sum(p[i], p[i - 1]);
                }
            }
            case 2 -> copyFrom(p, start, end, width);
            case 3 -> copyFrom(p, start, end, width - 1);
            case 4 -> copyFrom(p, start, end, width + 1);
            case 5 -> {
                for (int i = start; i < end; i++) {
                    p[i] = sum(p[i], mean(mean(p[i - 1], p[i - width + 1]), p[i - width]));
                }
            }
            case 6 -> {
                for (int i = start; i < end; i++) {
                    p[i] = sum(p[i], mean(p[i - 1], p[i - width - 1]));
                }
            }
            case 7 -> {
                for (int i = start; i < end; i++) {
                    p[i] = sum(p[i], mean(p[i - 1], p[i - width]));
                }
            }
            case 8 -> {
                for (int i = start; i < end; i++) {
                    p[i] = sum(p[i], mean(p[i - width - 1], p[i - width]));
                }
            }
            case 9 -> {
                for (int i = start; i < end; i++) {
                    p[i] = sum(p[i], mean(p[i - width], p[i - width + 1]));
                }
            }
            case 10 -> {
                for (int i = start; i < end; i++) {
                    p[i] = sum(p[i], mean(mean(p[i - 1], p[i - width - 1]), mean(p[i - width], p[i - width + 1])));
                }
            }
            case 11 -> {
                for (int i = start; i < end; i++) {
                    p[i] = sum(p[i], closer(p[i - 1], p[i - width], p[i - width - 1]));
                }
            }
            case 12 -> {
                for (int i = start; i < end; i++) {
                    p[i] = sum(p[i], gradient(p[i - 1], p[i - width], p[i - width - 1]));
                }
            }
            case 13 -> {
                for (int i = start; i < end; i++) {
                    p[i] = sum(p[i], halfGradient(mean(p[i - 1], p[i - width]), p[i - width - 1]));
                }
            }
            default -> {
                for (int i = start; i < end; i++) {
                    p[i] = sum(p[i], BLACK);
                }
            }
        }
    }

    private static void copyFrom(int[] p, int start, int end, int back) {
        for (int i = start; i < end; i++) {
            p[i] = sum(p[i], p[i - back]);
        }
    }

    /** Each channel's sum, modulo 256. */
    private static int sum(int a, int b) {
        int alphaAndGreen = (a & ALPHA_AND_GREEN) + (b & ALPHA_AND_GREEN);
        int redAndBlue = (a & RED_AND_BLUE) + (b & RED_AND_BLUE);
        return (alphaAndGreen & ALPHA_AND_GREEN) | (redAndBlue & RED_AND_BLUE);
    }

    /** Each channel's mean, rounded down. */
    private static int mean(int a, int b) {
        return (((a ^ b) >>> 1) & 0x7f7f7f7f) + (a & b);
    }

    /** Of left and above, the one that is closer to left + above - corner; above, if both are as close. */
    private static int closer(int left, int above, int corner) {
        int toLeft = 0;
        int toAbove = 0;
        for (int shift = 0; shift < Integer.SIZE; shift += 8) {
            int c = (corner >>> shift) & 0xff;
            toLeft += Math.abs(((above >>> shift) & 0xff) - c);
            toAbove += Math.abs(((left >>> shift) & 0xff) - c);
        }
        return toLeft < toAbove ? left : above;
    }

    private static int gradient(int left, int above, int corner) {
        int result = 0;
        for (int shift = 0; shift < Integer.SIZE; shift += 8) {
            int value = ((left >>> shift) & 0xff) + ((above >>> shift) & 0xff) - ((corner >>> shift) & 0xff);
            result |= Math.max(0, Math.min(255, value)) << shift;
        }
        return result;
    }

    private static int halfGradient(int mean, int corner) {
        int result = 0;
        for (int shift = 0; shift < Integer.SIZE; shift += 8) {
            int m = (mean >>> shift) & 0xff;
            int value = m + (m - ((corner >>> shift) & 0xff)) / 2;
            result |= Math.max(0, Math.min(255, value)) << shift;
        }
        return result;
    }

    private static void undo(Colours colours, int[] p, int height) throws IOException {
        int width = colours.width();
        int blocks = subsampled(width, colours.bits());
        for (int y = 0; y < height; y++) {
            Vp8Decoder.requireWanted();
            int blockRow = (y >> colours.bits()) * blocks;
            for (int x = 0; x < width; ) {
                int factors = colours.factors()[blockRow + (x >> colours.bits())];
                int greenToRed = (byte) factors;
                int greenToBlue = (byte) (factors >> 8);
                int redToBlue = (byte) (factors >> 16);
                int end = Math.min(width, ((x >> colours.bits()) + 1) << colours.bits());
                for (; x < end; x++) {
                    int pixel = p[y * width + x];
                    int green = (byte) (pixel >> 8);
                    int red = ((pixel >> 16) + ((greenToRed * green) >> 5)) & 0xff;
                    int blue = (pixel + ((greenToBlue * green) >> 5) + ((redToBlue * (byte) red) >> 5)) & 0xff;
                    p[y * width + x] = (pixel & ALPHA_AND_GREEN) | (red << 16) | blue;
                }
            }
        }
    }

    private static int[] undo(Palette palette, int[] p, int height) throws IOException {
        // What no colour is given for is transparent black.
        int[] colours = Arrays.copyOf(palette.colours(), 256);
        if (palette.bits() == 0) {
            for (int i = 0; i < p.length; i++) {
                p[i] = colours[(p[i] >>> 8) & 0xff];
            }
            return p;
        }
        int width = palette.width();
        int packedWidth = subsampled(width, palette.bits());
        int bits = 8 >> palette.bits();
        int mask = (1 << bits) - 1;
        int share = (1 << palette.bits()) - 1;
        int[] pixels = new int[width * height];
        for (int y = 0, to = 0; y < height; y++) {
            Vp8Decoder.requireWanted();
            int packed = 0;
            for (int x = 0; x < width; x++, to++) {
                packed = (x & share) == 0 ? (p[y * packedWidth + (x >> palette.bits())] >>> 8) & 0xff : packed >> bits;
                pixels[to] = colours[packed & mask];
            }
        }
        return pixels;
    }

    /** How many blocks of 2^bits a length has. */
    static int subsampled(int length, int bits) {
        return (length + (1 << bits) - 1) >> bits;
    }
}
