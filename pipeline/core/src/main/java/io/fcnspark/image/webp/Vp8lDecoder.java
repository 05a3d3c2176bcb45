package io.fcnspark.image.webp;

import io.fcnspark.image.webp.LosslessTransforms.Colours;
import io.fcnspark.image.webp.LosslessTransforms.Green;
import io.fcnspark.image.webp.LosslessTransforms.Palette;
import io.fcnspark.image.webp.LosslessTransforms.Predictor;
import io.fcnspark.image.webp.LosslessTransforms.Transform;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/** A lossless picture, as the specification of the WebP lossless bitstream has it. */
final class Vp8lDecoder {
    private static final int LITERALS = 256;
    private static final int LENGTHS = 24;
    private static final int DISTANCES = 40;
    private static final int LARGEST_CACHE_BITS = 11;
    private static final int CACHE_FACTOR = 0x1e35a7bd;
    /** Numbers that tables of codes may have whatever the picture, and beside them one for each pixel. */
    private static final int TABLE_SIZE = 1 << 20;

    /** Distances that stand for pixels nearby: rows up above, and below 8 less the columns to the left. */
    private static final int[] NEARBY = {
        24, 7, 23, 25, 40, 6, 39, 41, 22, 26, 38, 42, 56, 5, 55, 57, 21, 27, 54, 58, 37, 43, 72, 4, 71, 73, 20, 28, 53,
        59, 70, 74, 36, 44, 88, 69, 75, 52, 60, 3, 87, 89, 19, 29, 86, 90, 35, 45, 68, 76, 85, 91, 51, 61, 104, 2, 103,
        105, 18, 30, 102, 106, 34, 46, 84, 92, 67, 77, 101, 107, 50, 62, 120, 1, 119, 121, 83, 93, 17, 31, 100, 108, 66,
        78, 118, 122, 33, 47, 117, 123, 49, 63, 99, 109, 82, 94, 0, 116, 124, 65, 79, 16, 32, 98, 110, 48, 115, 125, 81,
        95, 64, 114, 126, 97, 111, 80, 113, 127, 96, 112
    };

    private final LosslessBits in;
    private final Vp8lHeader size;
    private long tableSizeLeft;

    /** The codes of a part of the picture. */
    private record Codes(PrefixCode green, PrefixCode red, PrefixCode blue, PrefixCode alpha, PrefixCode distance) {}

    /** Which codes hold where: those of index {@code of} a block of 2^bits pixels; null for one set of codes. */
    private record CodeMap(int bits, int width, int[] of) {}

    private Vp8lDecoder(LosslessBits in) throws IOException {
        this.in = in;
        this.size = Vp8lHeader.of(in);
        this.tableSizeLeft = TABLE_SIZE + (long) size.width() * size.height();
    }

    /** Decodes the picture from {@code start} up to {@code end}: 3 bytes a pixel, red, green, blue. */
    static byte[] rgb(byte[] bytes, int start, int end) throws IOException {
        return new Vp8lDecoder(new LosslessBits(bytes, start, end)).rgb();
    }

    private byte[] rgb() throws IOException {
        Deque<Transform> transforms = new ArrayDeque<>();
        int width = readTransforms(transforms);
        int[] pixels = readMainPixels(width);
        for (Transform transform : transforms) {
            pixels = LosslessTransforms.undo(transform, pixels, size.height());
        }
        byte[] rgb = new byte[3 * size.width() * size.height()];
        for (int i = 0, to = 0; to < rgb.length; i++, to += 3) {
            int pixel = pixels[i];
            rgb[to] = (byte) (pixel >> 16);
            rgb[to + 1] = (byte) (pixel >> 8);
            rgb[to + 2] = (byte) pixel;
        }
        return rgb;
    }

    /** Reads the transforms, the last to undo last, and gives the width of what is coded. */
    private int readTransforms(Deque<Transform> transforms) throws IOException {
        Set<Integer> seen = new HashSet<>();
        int width = size.width();
        while (in.flag()) {
            int type = in.number(2);
            if (!seen.add(type)) {
                throw new IOException("one of its transforms comes twice");
            }
            switch (type) {
                case 0 -> {
                    int bits = 2 + in.number(3);
                    transforms.push(new Predictor(width, bits, readBlocks(width, bits)));
                }
                case 1 -> {
                    int bits = 2 + in.number(3);
                    transforms.push(new Colours(width, bits, readBlocks(width, bits)));
                }
                case 2 -> transforms.push(new Green());
                default -> {
                    int[] colours = readPalette();
                    int bits = colours.length > 16 ? 0 : colours.length > 4 ? 1 : colours.length > 2 ? 2 : 3;
                    transforms.push(new Palette(width, bits, colours));
                    width = LosslessTransforms.subsampled(width, bits);
                }
            }
        }
        return width;
    }

    private int[] readBlocks(int width, int bits) throws IOException {
        return readPixels(
                LosslessTransforms.subsampled(width, bits), LosslessTransforms.subsampled(size.height(), bits));
    }

    private int[] readPalette() throws IOException {
        int[] colours = readPixels(1 + in.number(8), 1);
        for (int i = 1; i < colours.length; i++) {
            for (int shift = 0; shift < Integer.SIZE; shift += 8) {
                int sum = ((colours[i] >>> shift) + (colours[i - 1] >>> shift)) & 0xff;
                colours[i] = (colours[i] & ~(0xff << shift)) | (sum << shift);
            }
        }
        return colours;
    }

    /** A picture that is part of the description of another. */
    private int[] readPixels(int width, int height) throws IOException {
        int cacheBits = readCacheBits();
        return readPixels(width, height, cacheBits, new CodeMap(0, 0, null), new Codes[] {readCodes(cacheBits)});
    }

    private int[] readMainPixels(int width) throws IOException {
        int cacheBits = readCacheBits();
        if (!in.flag()) {
            return readPixels(
                    width, size.height(), cacheBits, new CodeMap(0, 0, null), new Codes[] {readCodes(cacheBits)});
        }
        int bits = 2 + in.number(3);
        int[] of = readBlocks(width, bits);
        int last = 0;
        boolean[] used = new boolean[1 << 16];
        for (int i = 0; i < of.length; i++) {
            of[i] = (of[i] >>> 8) & 0xffff;
            used[of[i]] = true;
            last = Math.max(last, of[i]);
        }
        Codes[] codes = new Codes[last + 1];
        for (int i = 0; i <= last; i++) {
            Codes read = readCodes(cacheBits);
            if (used[i]) {
                codes[i] = read;
                keep(read);
            }
        }
        return readPixels(
                width,
                size.height(),
                cacheBits,
                new CodeMap(bits, LosslessTransforms.subsampled(width, bits), of),
                codes);
    }

    /** Few bytes describe large tables, and there may be thousands of them; no encoder writes so many. */
    private void keep(Codes codes) throws IOException {
        tableSizeLeft -= (long) codes.green().tableSize()
                + codes.red().tableSize()
                + codes.blue().tableSize()
                + codes.alpha().tableSize()
                + codes.distance().tableSize();
        if (tableSizeLeft < 0) {
            throw new IOException("its prefix codes take more memory than its pixels");
        }
    }

    private int readCacheBits() throws IOException {
        if (!in.flag()) {
            return 0;
        }
        int bits = in.number(4);
        if (bits < 1 || bits > LARGEST_CACHE_BITS) {
            throw new IOException("its colour cache has %d bits: expected 1 to 11".formatted(bits));
        }
        return bits;
    }

    private Codes readCodes(int cacheBits) throws IOException {
        int cached = cacheBits == 0 ? 0 : 1 << cacheBits;
        Codes codes = new Codes(
                PrefixCode.read(in, LITERALS + LENGTHS + cached),
                PrefixCode.read(in, LITERALS),
                PrefixCode.read(in, LITERALS),
                PrefixCode.read(in, LITERALS),
                PrefixCode.read(in, DISTANCES));
        if (in.exhausted()) {
            throw new EOFException("it ends within its prefix codes");
        }
        return codes;
    }

    private int[] readPixels(int width, int height, int cacheBits, CodeMap map, Codes[] all) throws IOException {
        int[] pixels = new int[Math.multiplyExact(width, height)];
        int[] cache = new int[cacheBits == 0 ? 0 : 1 << cacheBits];
        int cacheShift = Integer.SIZE - cacheBits;
        int blockMask = map.of() == null ? -1 : (1 << map.bits()) - 1;
        Codes codes = all[0];
        int x = 0;
        int y = 0;
        for (int at = 0; at < pixels.length; ) {
            if ((x & blockMask) == 0) {
                if (x == 0) {
                    requireMore(y, height);
                }
                if (map.of() != null) {
                    codes = all[map.of()[(y >> map.bits()) * map.width() + (x >> map.bits())]];
                }
            }
            in.fill();
            int symbol = codes.green().next(in);
            if (symbol < LITERALS || symbol >= LITERALS + LENGTHS) {
                int pixel = symbol < LITERALS ? literal(codes, symbol) : cache[symbol - LITERALS - LENGTHS];
                pixels[at++] = pixel;
                if (cacheBits > 0) {
                    cache[(pixel * CACHE_FACTOR) >>> cacheShift] = pixel;
                }
                x++;
                if (x == width) {
                    x = 0;
                    y++;
                }
                continue;
            }
            int length = lengthOrDistance(symbol - LITERALS);
            in.fill();
            int distance = distance(lengthOrDistance(codes.distance().next(in)), width);
            if (distance > at || length > pixels.length - at) {
                throw in.exhausted()
                        ? new EOFException("it ends in row %d of %d".formatted(y, height))
                        : new IOException("it copies pixels from beyond its own in row %d".formatted(y));
            }
            for (int end = at + length; at < end; at++) {
                int pixel = pixels[at - distance];
                pixels[at] = pixel;
                if (cacheBits > 0) {
                    cache[(pixel * CACHE_FACTOR) >>> cacheShift] = pixel;
                }
            }
            x += length;
            if (x >= width) {
                y += x / width;
                x %= width;
                requireMore(y, height);
            }
            if (map.of() != null && at < pixels.length) {
                codes = all[map.of()[(y >> map.bits()) * map.width() + (x >> map.bits())]];
            }
        }
        requireMore(height, height);
        return pixels;
    }

    private void requireMore(int row, int rows) throws IOException {
        Vp8Decoder.requireWanted();
        if (in.exhausted()) {
            throw new EOFException("it ends in row %d of %d".formatted(row, rows));
        }
    }

    /** The pixel whose green was read. */
    private int literal(Codes codes, int green) {
        int red = codes.red().next(in);
        in.fill();
        int blue = codes.blue().next(in);
        int alpha = codes.alpha().next(in);
        return (alpha << 24) | (red << 16) | (green << 8) | blue;
    }

    /** The number that a symbol and the bits behind it stand for. */
    private int lengthOrDistance(int symbol) {
        if (symbol < 4) {
            return symbol + 1;
        }
        int bits = (symbol - 2) >> 1;
        return ((2 + (symbol & 1)) << bits) + in.number(bits) + 1;
    }

    /** How many pixels back, of the number that is coded. */
    private static int distance(int coded, int width) {
        if (coded > NEARBY.length) {
            return coded - NEARBY.length;
        }
        int place = NEARBY[coded - 1];
        return Math.max(1, (place >> 4) * width + 8 - (place & 0xf));
    }
}
