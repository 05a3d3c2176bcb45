package io.fcnspark.engine;

import java.nio.FloatBuffer;

/** Scores that a network has computed for every pixel; the image is their top left corner. */
final class FullScores implements ScoreRows {
    private final FeatureMaps scores;
    private final FloatBuffer values;
    private final int index;
    private final int width;
    private final int height;

    /** The scores of the image at {@code index} of the batch, which is {@code width} x {@code height} pixels. */
    FullScores(FeatureMaps scores, int index, int width, int height) {
        this.scores = scores;
        this.values = scores.values();
        this.index = index;
        this.width = width;
        this.height = height;
    }

    @Override
    public int classes() {
        return scores.channels();
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public int height() {
        return height;
    }

    @Override
    public void row(int y, float[][] row) {
        for (int c = 0; c < scores.channels(); c++) {
            int start = ((index * scores.channels() + c) * scores.height() + y) * scores.width();
            values.get(start, row[c], 0, width);
        }
    }
}
