package io.fcnspark.image;

import java.util.ArrayList;
import java.util.List;

/**
 * How images that are too large for one pass are cut into tiles that overlap. Tiles begin at multiples of the network's stride,
 * so that its grid lies on a tile as it lies on the whole image. At the image's own borders a tile ends where the image does,
 * and is padded as the image would be; elsewhere its core is {@code halo} pixels away from what the tile does not see. The
 * tiles of one image have the same size, but for less than a stride.
 *
 * @param maxPixels images of more pixels are cut, into tiles of no more; padding up to a multiple of the stride counts
 * @param stride distance in pixels between neighbouring values of the network's coarsest layer
 * @param halo a multiple of the stride
 */
public record Tiling(long maxPixels, int stride, int halo) {
    public Tiling {
        if (stride < 1 || halo < 0 || halo % stride != 0) {
            throw new IllegalArgumentException("stride %d with halo %d".formatted(stride, halo));
        }
        long smallest = smallest(stride, halo);
        if (maxPixels < smallest) {
            throw new IllegalArgumentException(
                    "%d pixels a tile: expected at least %d, for a border of %d pixels around it"
                            .formatted(maxPixels, smallest, halo));
        }
    }

    /** The least number of pixels of a tile whose core is twice as wide as its border. */
    private static long smallest(int stride, int halo) {
        long side = 4L * Math.max(halo, stride);
        return side * side;
    }

    /** The tiles of an image, row by row; one that holds everything, if it has no more than {@link #maxPixels} pixels. */
    public List<Tile> tiles(int width, int height) {
        int square = floor((int) Math.min(Math.sqrt((double) maxPixels), Integer.MAX_VALUE));
        int tileHeight = (int) Math.min(padded(height), Math.max(square, floor(maxPixels / padded(width))));
        int tileWidth = (int) Math.min(padded(width), floor(maxPixels / tileHeight));
        List<Tile> tiles = new ArrayList<>();
        for (Span row : spans(height, tileHeight)) {
            for (Span column : spans(width, tileWidth)) {
                tiles.add(new Tile(
                        new Region(column.start, row.start, column.end - column.start, row.end - row.start),
                        new Region(
                                column.coreStart,
                                row.coreStart,
                                column.coreEnd - column.coreStart,
                                row.coreEnd - row.coreStart)));
            }
        }
        return tiles;
    }

    /** One dimension of a tile: what the network sees, and within it the core. */
    private record Span(int start, int end, int coreStart, int coreEnd) {}

    private List<Span> spans(int size, int length) {
        List<Span> spans = new ArrayList<>();
        int coreStart = 0;
        for (int start = 0; start + (long) length < size; start += length - 2 * halo) {
            int coreEnd = start + length - halo;
            spans.add(new Span(start, start + length, coreStart, coreEnd));
            coreStart = coreEnd;
        }
        // The last one as long as the others: it overlaps more with the one before it.
        spans.add(new Span((int) padded(Math.max(0, size - length)), size, coreStart, size));
        return spans;
    }

    private long padded(int size) {
        return (size + stride - 1L) / stride * stride;
    }

    private int floor(long pixels) {
        return (int) Math.min(pixels / stride, Integer.MAX_VALUE / stride) * stride;
    }
}
