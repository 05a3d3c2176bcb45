package io.fcnspark.labels;

/** Colours for classes. */
public final class Palettes {
    private Palettes() {}

    /**
     * The colour of a class in the VOC colour map ({@code VOClabelcolormap.m} of the VOC development kit): bits 0, 3, 6 of the id
     * are the highest three of red, from the top, bits 1, 4, 7 those of green, bits 2, 5 those of blue. Distinct for ids below 256;
     * 0 is black.
     *
     * @param id 0 or more; only its lowest 24 bits count
     * @return 0xRRGGBB
     */
    public static int voc(int id) {
        if (id < 0) {
            throw new IllegalArgumentException("class id " + id + ": expected 0 or more");
        }
        int red = 0;
        int green = 0;
        int blue = 0;
        for (int bit = 0; bit < 8; bit++) {
            int triple = id >> (3 * bit);
            red |= (triple & 1) << (7 - bit);
            green |= ((triple >> 1) & 1) << (7 - bit);
            blue |= ((triple >> 2) & 1) << (7 - bit);
        }
        return (red << 16) | (green << 8) | blue;
    }
}
