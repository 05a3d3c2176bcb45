package io.fcnspark.engine;

import io.fcnspark.engine.Segmentation.ClassStatistics;
import io.fcnspark.labels.Mask;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** From scores to what is said of an image: a band of its rows, and then the sum of all bands. */
final class Segmentations {
    /**
     * Rows of a band. Sums are made band by band, so that they are the same for any number of threads; a band costs the
     * preparation of its first row.
     */
    private static final int BAND = 64;

    /** Sums are at most 65 535, and the product of so many of them stays within a double. */
    private static final int SUMS_PER_LOGARITHM = 32;

    private final int width;
    private final char[] labels;
    private final byte[] confidence;
    private final long[] pixels;
    private final double[] confidenceSums;
    private double entropySum;
    private NonFiniteScoreException failure;

    private Segmentations(int classes, int width, char[] labels, byte[] confidence) {
        this.width = width;
        this.labels = labels;
        this.confidence = confidence;
        this.pixels = new long[classes];
        this.confidenceSums = new double[classes];
    }

    /**
     * Labels every pixel.
     *
     * @param rows gives the scores of the image, to each band its own
     * @throws NonFiniteScoreException at the first pixel whose scores give no probabilities
     */
    static Segmentation of(Supplier<ScoreRows> rows, Workers workers) throws NonFiniteScoreException {
        ScoreRows first = rows.get();
        int area = Math.multiplyExact(first.width(), first.height());
        char[] labels = new char[area];
        byte[] confidence = new byte[area];
        int count = (first.height() + BAND - 1) / BAND;
        Segmentations[] bands = new Segmentations[count];
        workers.forEach(count, i -> {
            bands[i] = new Segmentations(first.classes(), first.width(), labels, confidence);
            bands[i].read(i == 0 ? first : rows.get(), i * BAND, Math.min((i + 1) * BAND, first.height()));
        });
        Segmentations sum = new Segmentations(first.classes(), first.width(), labels, confidence);
        for (Segmentations band : bands) {
            sum.add(band);
        }
        return sum.result();
    }

    private void read(ScoreRows rows, int from, int to) {
        float[][] scores = new float[rows.classes()][width];
        SoftmaxRow softmax = new SoftmaxRow(width);
        try {
            for (int y = from; y < to; y++) {
                rows.row(y, scores);
                softmax.read(scores, labels, y * width);
                add(softmax, y);
            }
        } catch (NonFiniteScoreException e) {
            failure = e;
        }
    }

    private void add(Segmentations band) throws NonFiniteScoreException {
        if (band.failure != null) {
            throw band.failure;
        }
        for (int c = 0; c < pixels.length; c++) {
            pixels[c] += band.pixels[c];
            confidenceSums[c] += band.confidenceSums[c];
        }
        entropySum += band.entropySum;
    }

    private void add(SoftmaxRow softmax, int y) throws NonFiniteScoreException {
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
                new Mask(width, labels.length / width, labels),
                statistics,
                (float) (confidenceSum / labels.length),
                (float) (entropySum / labels.length),
                confidence);
    }
}
