package io.fcnspark.engine;

import io.fcnspark.image.Region;
import java.nio.FloatBuffer;

/** Scores that a network has computed for every pixel; the image is their top left corner. */
final class FullScores implements ScoreRows {
    private final FeatureMaps scores;
    private final FloatBuffer values;
    private final int index;
    private final Region region;

    /** The scores of a region of the image at {@code index} of the batch. */
    FullScores(FeatureMaps scores, int index, Region region) {
        this.scores = scores;
        this.values = scores.values();
        this.index = index;
        this.region = region;
    }

    @Override
    public int classes() {
        return scores.channels();
    }

    @Override
    public int width() {
        return region.width();
    }

    @Override
    public int height() {
        return region.height();
    }

    @Override
    public void row(int y, float[][] row) {
        for (int c = 0; c < scores.channels(); c++) {
            int start = ((index * scores.channels() + c) * scores.height() + region.top() + y) * scores.width();
            values.get(start + region.left(), row[c], 0, region.width());
        }
    }
}
