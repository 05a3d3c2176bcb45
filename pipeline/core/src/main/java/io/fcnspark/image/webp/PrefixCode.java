package io.fcnspark.image.webp;

import java.io.IOException;
import java.util.Arrays;

/**
 * A canonical prefix code of lengths up to 15, as a table of its first 8 bits, and tables of what follows those where codes are
 * longer. An entry has the symbol below, and the length above. Where the length is over that of the first table, what is below
 * is where the further table begins, and the length is that of its longest code.
 */
final class PrefixCode {
    private static final int LONGEST = 15;
    private static final int ROOT = 8;
    private static final int LENGTH_SHIFT = 16;
    private static final int SYMBOL_MASK = 0xffff;

    private static final int[] ORDER_OF_LENGTHS = {17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    private static final int[] REPEAT_BITS = {2, 3, 7};
    private static final int[] REPEAT_BASES = {3, 3, 11};
    private static final int REPEAT_LAST = 16;

    private final int[] table;
    private final int rootBits;

    private PrefixCode(int[] table, int rootBits) {
        this.table = table;
        this.rootBits = rootBits;
    }

    /** How many numbers its tables have. */
    int tableSize() {
        return table.length;
    }

    /** The next symbol; {@link LosslessBits#fill} comes before. */
    int next(LosslessBits in) {
        int entry = table[in.peek() & ((1 << rootBits) - 1)];
        int length = entry >>> LENGTH_SHIFT;
        if (length > rootBits) {
            int further = (in.peek() >>> rootBits) & ((1 << (length - rootBits)) - 1);
            entry = table[(entry & SYMBOL_MASK) + further];
            length = entry >>> LENGTH_SHIFT;
        }
        in.skip(length);
        return entry & SYMBOL_MASK;
    }

    /** Reads the description of a code for the symbols below {@code symbols}. */
    static PrefixCode read(LosslessBits in, int symbols) throws IOException {
        int[] lengths = new int[symbols];
        if (in.flag()) {
            boolean two = in.flag();
            int first = in.number(in.flag() ? 8 : 1);
            mark(lengths, first);
            if (two) {
                mark(lengths, in.number(8));
            }
        } else {
            readLengths(in, lengths);
        }
        return of(lengths);
    }

    private static void mark(int[] lengths, int symbol) throws IOException {
        if (symbol >= lengths.length) {
            throw broken();
        }
        lengths[symbol] = 1;
    }

    private static void readLengths(LosslessBits in, int[] lengths) throws IOException {
        int[] lengthsOfLengths = new int[ORDER_OF_LENGTHS.length];
        int count = 4 + in.number(4);
        for (int i = 0; i < count; i++) {
            lengthsOfLengths[ORDER_OF_LENGTHS[i]] = in.number(3);
        }
        PrefixCode code = of(lengthsOfLengths);
        int left = in.flag() ? 2 + in.number(2 + 2 * in.number(3)) : lengths.length;
        if (left > lengths.length) {
            throw broken();
        }
        int last = 8;
        for (int symbol = 0; symbol < lengths.length && left > 0; left--) {
            in.fill();
            int length = code.next(in);
            if (length < REPEAT_LAST) {
                lengths[symbol++] = length;
                last = length == 0 ? last : length;
                continue;
            }
            int kind = length - REPEAT_LAST;
            int times = REPEAT_BASES[kind] + in.number(REPEAT_BITS[kind]);
            if (symbol + times > lengths.length) {
                throw broken();
            }
            Arrays.fill(lengths, symbol, symbol + times, length == REPEAT_LAST ? last : 0);
            symbol += times;
        }
    }

    /** The code of some lengths; one of a single symbol takes no bits. */
    private static PrefixCode of(int[] lengths) throws IOException {
        int[] counts = new int[LONGEST + 1];
        for (int length : lengths) {
            counts[length]++;
        }
        int coded = lengths.length - counts[0];
        counts[0] = 0;
        int[] sorted = sorted(lengths, counts, coded);
        if (coded == 1) {
            return new PrefixCode(new int[] {sorted[0]}, 0);
        }
        int longest = LONGEST;
        while (longest > 0 && counts[longest] == 0) {
            longest--;
        }
        requireComplete(counts);
        return new Builder(counts, sorted, Math.min(ROOT, longest)).build();
    }

    private static int[] sorted(int[] lengths, int[] counts, int coded) throws IOException {
        if (coded == 0) {
            throw broken();
        }
        int[] next = new int[LONGEST + 2];
        for (int length = 1; length <= LONGEST; length++) {
            next[length + 1] = next[length] + counts[length];
        }
        int[] sorted = new int[coded];
        for (int symbol = 0; symbol < lengths.length; symbol++) {
            if (lengths[symbol] > 0) {
                sorted[next[lengths[symbol]]++] = symbol;
            }
        }
        return sorted;
    }

    private static void requireComplete(int[] counts) throws IOException {
        int open = 1;
        for (int length = 1; length <= LONGEST; length++) {
            open = 2 * open - counts[length];
            if (open < 0) {
                throw broken();
            }
        }
        if (open != 0) {
            throw broken();
        }
    }

    private static IOException broken() {
        return new IOException("one of its prefix codes is none");
    }

    /** Fills the tables of a complete code. */
    private static final class Builder {
        private final int[] left;
        private final int[] sorted;
        private final int rootBits;
        private int[] table;
        private int size;

        Builder(int[] counts, int[] sorted, int rootBits) {
            this.left = counts.clone();
            this.sorted = sorted;
            this.rootBits = rootBits;
            this.size = 1 << rootBits;
            this.table = new int[size];
        }

        PrefixCode build() {
            int index = 0;
            int code = 0;
            int start = 0;
            int bits = 0;
            int prefix = -1;
            for (int length = 1; length <= LONGEST; length++, code <<= 1) {
                for (; left[length] > 0; left[length]--, code++) {
                    int entry = (length << LENGTH_SHIFT) | sorted[index++];
                    int reversed = Integer.reverse(code) >>> (Integer.SIZE - length);
                    if (length <= rootBits) {
                        fill(0, reversed, length, rootBits, entry);
                        continue;
                    }
                    int low = reversed & ((1 << rootBits) - 1);
                    if (low != prefix) {
                        prefix = low;
                        bits = furtherBits(length);
                        start = size;
                        size += 1 << bits;
                        table = Arrays.copyOf(table, Math.max(size, Math.min(2 * table.length, size + 1024)));
                        table[low] = ((rootBits + bits) << LENGTH_SHIFT) | start;
                    }
                    fill(start, reversed >>> rootBits, length - rootBits, bits, entry);
                }
            }
            return new PrefixCode(table.length == size ? table : Arrays.copyOf(table, size), rootBits);
        }

        /** Bits of the further table whose shortest code is this long: until no code is open. */
        private int furtherBits(int shortest) {
            int length = shortest;
            int open = 1 << (length - rootBits);
            while (length < LONGEST) {
                open -= left[length];
                if (open <= 0) {
                    break;
                }
                length++;
                open <<= 1;
            }
            return length - rootBits;
        }

        private void fill(int from, int first, int length, int bits, int entry) {
            for (int i = first; i < 1 << bits; i += 1 << length) {
                table[from + i] = entry;
            }
        }
    }
}
