package io.fcnspark.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The integers of the first directory of a TIFF structure, which Exif data is too (TIFF 6.0, section 2). What is broken or
 * beyond the end is left out.
 */
final class TiffDirectory {
    private static final int ORIENTATION = 0x112;
    private static final int ENTRY_BYTES = 12;

    private final Map<Integer, long[]> values = new HashMap<>();

    /** Reads a structure of {@code length} bytes from {@code offset}. */
    TiffDirectory(byte[] bytes, int offset, int length) {
        ByteBuffer tiff = ByteBuffer.wrap(bytes, offset, length).slice();
        if (length < 8) {
            return;
        }
        tiff.order(tiff.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        long start = Integer.toUnsignedLong(tiff.getInt(4));
        if (tiff.getShort(2) != 42 || start + 2 > length) {
            return;
        }
        int entries = Short.toUnsignedInt(tiff.getShort((int) start));
        for (long entry = start + 2; entries > 0 && entry + ENTRY_BYTES <= length; entries--, entry += ENTRY_BYTES) {
            readEntry(tiff, (int) entry);
        }
    }

    private void readEntry(ByteBuffer tiff, int entry) {
        int size =
                switch (tiff.getShort(entry + 2)) {
                    case 3 -> Short.BYTES;
                    case 4 -> Integer.BYTES;
                    default -> 0;
                };
        long count = Integer.toUnsignedLong(tiff.getInt(entry + 4));
        long at = count * size <= Integer.BYTES ? entry + 8 : Integer.toUnsignedLong(tiff.getInt(entry + 8));
        // Bounded by the file, so a count from a broken file allocates no more than the file holds.
        if (size == 0 || count == 0 || at + count * size > tiff.limit()) {
            return;
        }
        long[] read = new long[(int) count];
        for (int i = 0; i < read.length; i++) {
            int position = (int) at + i * size;
            read[i] = size == Short.BYTES
                    ? Short.toUnsignedLong(tiff.getShort(position))
                    : Integer.toUnsignedLong(tiff.getInt(position));
        }
        values.put(Short.toUnsignedInt(tiff.getShort(entry)), read);
    }

    /** The values of a tag of type SHORT or LONG; empty if there is none. */
    long[] values(int tag) {
        return values.getOrDefault(tag, new long[0]);
    }

    /** The first value of a tag. */
    OptionalLong value(int tag) {
        long[] all = values(tag);
        return all.length == 0 ? OptionalLong.empty() : OptionalLong.of(all[0]);
    }

    Orientation orientation() {
        return Orientation.of(value(ORIENTATION).orElse(1));
    }
}
