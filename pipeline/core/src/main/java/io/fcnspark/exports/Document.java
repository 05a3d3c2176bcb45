package io.fcnspark.exports;

import java.util.List;

/**
 * A text file over all images, to be written from beginning to end without holding it.
 *
 * @param path below the output folder
 */
public record Document(String path, List<Piece> pieces) {
    public Document {
        pieces = List.copyOf(pieces);
    }

    /** A piece of a document. */
    public sealed interface Piece {}

    /** As it stands. */
    public record Text(String text) implements Piece {}

    /**
     * What the images give, in their order.
     *
     * @param number which of their {@link ImageExport#parts}
     * @param separator between two images whose parts are not empty
     */
    public record Parts(int number, String separator) implements Piece {}
}
