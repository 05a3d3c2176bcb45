package io.fcnspark.engine;

/** Scores of one image, row by row, at the image's own size. Not safe for use by several threads. */
interface ScoreRows {
    int classes();

    /** Width of the image in pixels. */
    int width();

    /** Height of the image in pixels. */
    int height();

    /**
     * Computes the scores of one row.
     *
     * @param y from 0; quickest when asked for in ascending order
     * @param scores receives the scores: an array of {@code width} values for each class
     */
    void row(int y, float[][] scores);
}
