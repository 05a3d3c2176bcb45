package io.fcnspark.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The integers of the first directory of a TIFF structure, which Exif data is too (TIFF 6.0, section 2), or of a BigTIFF. What is broken or
 * beyond the end is left out.
 */
final class TiffDirectory {
    private static final int ORIENTATION = 0x112;
    private static final int PROFILE = 0x8773;
    /** A number that no tag has, behind the profile's, so that the order of tags is kept. */
    private static final int NO_TAG = PROFILE + 1;

    private static final int CLASSIC = 42;
    private static final int BIG = 43;

    private final Map<Integer, long[]> values = new HashMap<>();
    private final ByteBuffer tiff;
    /** Whether offsets and counts have 8 bytes. */
    private final boolean big;
    /** Offset of the entry of the colour profile; -1 if there is none. */
    private int profileEntry = -1;

    /** Reads a structure of {@code length} bytes from {@code offset}. */
    TiffDirectory(byte[] bytes, int offset, int length) {
        this.tiff = ByteBuffer.wrap(bytes, offset, length).slice();
        if (length < 8) {
            this.big = false;
            return;
        }
        tiff.order(tiff.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        int magic = tiff.getShort(2);
        this.big = magic == BIG && length >= 16;
        if (big || magic == CLASSIC) {
            readEntries();
        }
    }

    private void readEntries() {
        long start = number(big ? 8 : 4);
        int countBytes = big ? Long.BYTES : Short.BYTES;
        if (start < 0 || start > tiff.limit() - countBytes) {
            return;
        }
        long entries = big ? number((int) start) : Short.toUnsignedLong(tiff.getShort((int) start));
        int entryBytes = big ? 20 : 12;
        int entry = (int) start + countBytes;
        for (; entries > 0 && entry <= tiff.limit() - entryBytes; entries--, entry += entryBytes) {
            readEntry(entry);
        }
    }

    private void readEntry(int entry) {
        int tag = Short.toUnsignedInt(tiff.getShort(entry));
        if (tag == PROFILE) {
            profileEntry = entry;
        }
        int size =
                switch (tiff.getShort(entry + 2)) {
                    case 3 -> Short.BYTES;
                    case 4 -> Integer.BYTES;
                    case 16 -> Long.BYTES;
                    default -> 0;
                };
        long count = number(entry + 4);
        // Bounded by the file, so a count from a broken file allocates no more than the file holds.
        if (size == 0 || count < 1 || count > tiff.limit() / size) {
            return;
        }
        int place = entry + (big ? 12 : 8);
        long at = count * size <= (big ? Long.BYTES : Integer.BYTES) ? place : number(place);
        if (at < 0 || at > tiff.limit() - count * size) {
            return;
        }
        long[] read = new long[(int) count];
        for (int i = 0; i < read.length; i++) {
            int position = (int) at + i * size;
            read[i] = switch (size) {
                case Short.BYTES -> Short.toUnsignedLong(tiff.getShort(position));
                case Integer.BYTES -> Integer.toUnsignedLong(tiff.getInt(position));
                default -> tiff.getLong(position);
            };
        }
        values.put(tag, read);
    }

    /** An offset or a count; negative for one that no file holds. */
    private long number(int position) {
        return big ? tiff.getLong(position) : Integer.toUnsignedLong(tiff.getInt(position));
    }

    /** The values of a tag of type SHORT, LONG or LONG8; empty if there is none. */
    long[] values(int tag) {
        return values.getOrDefault(tag, new long[0]);
    }

    /** The first value of a tag. */
    OptionalLong value(int tag) {
        long[] all = values(tag);
        return all.length == 0 ? OptionalLong.empty() : OptionalLong.of(all[0]);
    }

    /** The structure with no colour profile: as it was if it has none, else a copy. */
    byte[] withoutProfile(byte[] bytes) {
        if (profileEntry < 0) {
            return bytes;
        }
        byte[] copy = bytes.clone();
        ByteBuffer.wrap(copy).order(tiff.order()).putShort(profileEntry, (short) NO_TAG);
        return copy;
    }

    Orientation orientation() {
        return Orientation.of(value(ORIENTATION).orElse(1));
    }
}
