package io.fcnspark.labels;

import java.util.Arrays;

/**
 * The pixels of one class as the compressed run lengths of COCO ({@code maskApi.c} of the COCO API): runs column by column from
 * the top left, in turn outside and inside, the first outside and possibly empty.
 *
 * @param height of the mask in pixels
 * @param width of the mask in pixels
 * @param counts the runs, each from the fourth on less the one before the last, in digits of 5 bits, lowest first, as
 *     characters from {@code 0} to {@code o}
 */
public record CocoRle(int height, int width, String counts) {
    private static final int FIRST_CHARACTER = '0';
    private static final int LAST_CHARACTER = 'o';
    private static final int DIGIT_BITS = 5;
    private static final int DIGIT = 0x1f;
    private static final int SIGN = 0x10;
    private static final int MORE = 0x20;

    /**
     * Takes run lengths that anybody wrote.
     *
     * @throws IllegalArgumentException unless they cover the mask exactly
     */
    public CocoRle {
        if (height < 1 || width < 1 || (long) height * width > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("run lengths of a mask of %dx%d pixels".formatted(width, height));
        }
        requireCovering(runs(counts), height, width);
    }

    /** The pixels of a class; none is a single run outside. */
    public static CocoRle of(Mask mask, int classId) {
        int height = mask.height();
        int width = mask.width();
        char[] labels = mask.labels();
        Runs runs = new Runs();
        boolean inside = false;
        int run = 0;
        for (int x = 0; x < width; x++) {
            for (int i = x; i < labels.length; i += width) {
                if ((labels[i] == classId) != inside) {
                    runs.add(run);
                    run = 0;
                    inside = !inside;
                }
                run++;
            }
        }
        runs.add(run);
        return new CocoRle(height, width, compressed(runs.toArray()));
    }

    /** Number of pixels inside. */
    public long area() {
        int[] runs = runs(counts);
        long area = 0;
        for (int i = 1; i < runs.length; i += 2) {
            area += runs[i];
        }
        return area;
    }

    /**
     * Gives the pixels inside a label.
     *
     * @param labels row by row, height times width of them
     */
    public void paint(char[] labels, char label) {
        if (labels.length != height * width) {
            throw new IllegalArgumentException(
                    "run lengths of %dx%d pixels for %d labels".formatted(width, height, labels.length));
        }
        int[] runs = runs(counts);
        int at = 0;
        for (int i = 0; i < runs.length; at += runs[i], i++) {
            if (i % 2 == 1) {
                for (int j = at; j < at + runs[i]; j++) {
                    labels[j % height * width + j / height] = label;
                }
            }
        }
    }

    private static String compressed(int[] runs) {
        StringBuilder characters = new StringBuilder();
        for (int i = 0; i < runs.length; i++) {
            int rest = i > 2 ? runs[i] - runs[i - 2] : runs[i];
            boolean more = true;
            while (more) {
                int digit = rest & DIGIT;
                rest >>= DIGIT_BITS;
                more = rest != ((digit & SIGN) == 0 ? 0 : -1);
                characters.append((char) (FIRST_CHARACTER + (more ? digit | MORE : digit)));
            }
        }
        return characters.toString();
    }

    private static int[] runs(String counts) {
        Runs runs = new Runs();
        int at = 0;
        while (at < counts.length()) {
            int start = at;
            long value = 0;
            int bits = 0;
            int digit;
            do {
                if (at == counts.length()) {
                    throw new IllegalArgumentException(
                            "the counts end within the number that begins with character %d".formatted(start + 1));
                }
                int character = counts.charAt(at);
                if (character < FIRST_CHARACTER || character > LAST_CHARACTER) {
                    throw new IllegalArgumentException(
                            "the counts have '%c' as character %d: expected '0' to 'o'".formatted(character, at + 1));
                }
                digit = character - FIRST_CHARACTER;
                value |= (long) (digit & DIGIT) << bits;
                bits += DIGIT_BITS;
                at++;
            } while ((digit & MORE) != 0 && bits < Integer.SIZE + DIGIT_BITS);
            if ((digit & SIGN) != 0) {
                value |= -1L << bits;
            }
            long run = runs.size > 2 ? value + runs.values[runs.size - 2] : value;
            if (run < 0 || run > Integer.MAX_VALUE) {
                throw new IllegalArgumentException(
                        "the counts have a run of %d pixels at character %d".formatted(run, start + 1));
            }
            runs.add((int) run);
        }
        return runs.toArray();
    }

    private static void requireCovering(int[] runs, int height, int width) {
        long sum = Arrays.stream(runs).asLongStream().sum();
        if (sum != (long) height * width) {
            throw new IllegalArgumentException("the counts add up to %d pixels, the size [%d, %d] (height, width) to %d"
                    .formatted(sum, height, width, (long) height * width));
        }
    }

    /** Grows as needed. */
    private static final class Runs {
        private int[] values = new int[64];
        private int size;

        void add(int run) {
            if (size == values.length) {
                values = Arrays.copyOf(values, 2 * size);
            }
            values[size++] = run;
        }

        int[] toArray() {
            return Arrays.copyOf(values, size);
        }
    }
}
