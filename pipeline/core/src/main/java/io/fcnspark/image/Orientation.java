package io.fcnspark.image;

/**
 * How stored pixels are to be turned for viewing: tag Orientation of TIFF 6.0 and Exif, 1 to 8. The stored column and row of a
 * shown pixel are its own, swapped where {@code transposed}, then counted from the far side where flipped.
 */
enum Orientation {
    NORMAL(false, false, false),
    MIRRORED(false, true, false),
    ROTATED_180(false, true, true),
    MIRRORED_VERTICALLY(false, false, true),
    TRANSPOSED(true, false, false),
    ROTATED_90(true, false, true),
    TRANSVERSED(true, true, true),
    ROTATED_270(true, true, false);

    private final boolean transposed;
    private final boolean columnFlipped;
    private final boolean rowFlipped;

    Orientation(boolean transposed, boolean columnFlipped, boolean rowFlipped) {
        this.transposed = transposed;
        this.columnFlipped = columnFlipped;
        this.rowFlipped = rowFlipped;
    }

    /** The orientation of the tag's value; normal for a value that the standard does not have, as viewers take it. */
    static Orientation of(long tagValue) {
        return tagValue >= 1 && tagValue <= 8 ? values()[(int) tagValue - 1] : NORMAL;
    }

    ImageSize shown(ImageSize stored) {
        return transposed ? new ImageSize(/* width= */ stored.height(), /* height= */ stored.width()) : stored;
    }

    RgbImage show(RgbImage stored) {
        if (this == NORMAL) {
            return stored;
        }
        ImageSize size = shown(new ImageSize(stored.width(), stored.height()));
        Walk walk = walk(stored.width(), stored.height());
        byte[] from = stored.rgb();
        byte[] to = new byte[from.length];
        for (int y = 0, t = 0; y < size.height(); y++) {
            int f = 3 * (walk.start + y * walk.down);
            for (int x = 0; x < size.width(); x++, t += 3, f += 3 * walk.right) {
                to[t] = from[f];
                to[t + 1] = from[f + 1];
                to[t + 2] = from[f + 2];
            }
        }
        return new RgbImage(size.width(), size.height(), to);
    }

    ChannelImage show(ChannelImage stored) {
        if (this == NORMAL) {
            return stored;
        }
        ImageSize size = shown(new ImageSize(stored.width(), stored.height()));
        Walk walk = walk(stored.width(), stored.height());
        char[] from = stored.values();
        char[] to = new char[from.length];
        for (int y = 0, t = 0; y < size.height(); y++) {
            int f = walk.start + y * walk.down;
            for (int x = 0; x < size.width(); x++, t++, f += walk.right) {
                to[t] = from[f];
            }
        }
        return new ChannelImage(size.width(), size.height(), to);
    }

    /** Where in the stored pixels the first shown one lies, and how far on its right and its lower neighbour. */
    private record Walk(int start, int right, int down) {}

    private Walk walk(int storedWidth, int storedHeight) {
        int start = (columnFlipped ? storedWidth - 1 : 0) + (rowFlipped ? (storedHeight - 1) * storedWidth : 0);
        int column = columnFlipped ? -1 : 1;
        int row = rowFlipped ? -storedWidth : storedWidth;
        return transposed ? new Walk(start, row, column) : new Walk(start, column, row);
    }
}
