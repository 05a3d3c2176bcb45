package io.fcnspark.image;

/** What a file says of its image before any pixel is decoded: the size as stored, and how to turn it for viewing. */
record ImageHeader(ImageSize stored, Orientation orientation) {
    /**
     * A header of numbers that a file gives.
     *
     * @throws ImageException if no image has that size
     */
    static ImageHeader of(long width, long height, Orientation orientation) throws ImageException {
        if (width < 1 || height < 1 || width > Integer.MAX_VALUE || height > Integer.MAX_VALUE) {
            throw new ImageException(
                    ImageException.Code.UNSUPPORTED, "the header says %dx%d pixels".formatted(width, height));
        }
        return new ImageHeader(new ImageSize((int) width, (int) height), orientation);
    }
}
