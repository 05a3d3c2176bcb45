package io.fcnspark.engine;

import io.fcnspark.engine.Segmentation.ClassStatistics;
import io.fcnspark.labels.Mask;
import java.util.ArrayList;
import java.util.List;

/** From scores to what is said of an image. One image at a time, one thread. */
final class Segmentations {
    /** Sums are at most 65 535, and the product of so many of them stays within a double. */
    private static final int SUMS_PER_LOGARITHM = 32;

    private final ScoreRows rows;
    private final char[] labels;
    private final byte[] confidence;
    private final long[] pixels;
    private final double[] confidenceSums;
    private double entropySum;

    private Segmentations(ScoreRows rows) {
        this.rows = rows;
        int area = Math.multiplyExact(rows.width(), rows.height());
        this.labels = new char[area];
        this.confidence = new byte[area];
        this.pixels = new long[rows.classes()];
        this.confidenceSums = new double[rows.classes()];
    }

    /**
     * Labels every pixel.
     *
     * @throws NonFiniteScoreException at the first pixel whose scores give no probabilities
     */
    static Segmentation of(ScoreRows rows) throws NonFiniteScoreException {
        Segmentations segmentations = new Segmentations(rows);
        segmentations.readRows();
        return segmentations.result();
    }

    private void readRows() throws NonFiniteScoreException {
        int width = rows.width();
        float[][] scores = new float[rows.classes()][width];
        SoftmaxRow softmax = new SoftmaxRow(width);
        for (int y = 0; y < rows.height(); y++) {
            rows.row(y, scores);
            softmax.read(scores, labels, y * width);
            add(softmax, y);
        }
    }

    private void add(SoftmaxRow softmax, int y) throws NonFiniteScoreException {
        int width = rows.width();
        double product = 1;
        for (int x = 0, i = y * width; x < width; x++, i++) {
            float sum = softmax.sum(x);
            if (!(sum < Float.POSITIVE_INFINITY)) {
                throw new NonFiniteScoreException(x, y);
            }
            float probability = softmax.confidence(x);
            confidence[i] = (byte) (int) (probability * 255 + 0.5f);
            pixels[labels[i]]++;
            confidenceSums[labels[i]] += probability;
            entropySum += softmax.entropyAboveLogSum(x);
            product *= sum;
            if (x % SUMS_PER_LOGARITHM == SUMS_PER_LOGARITHM - 1) {
                entropySum += Math.log(product);
                product = 1;
            }
        }
        entropySum += Math.log(product);
    }

    private Segmentation result() {
        List<ClassStatistics> statistics = new ArrayList<>();
        double confidenceSum = 0;
        for (int c = 0; c < pixels.length; c++) {
            confidenceSum += confidenceSums[c];
            if (pixels[c] > 0) {
                statistics.add(new ClassStatistics(c, pixels[c], (float) (confidenceSums[c] / pixels[c])));
            }
        }
        return new Segmentation(
                new Mask(rows.width(), rows.height(), labels),
                statistics,
                (float) (confidenceSum / labels.length),
                (float) (entropySum / labels.length),
                confidence);
    }
}
