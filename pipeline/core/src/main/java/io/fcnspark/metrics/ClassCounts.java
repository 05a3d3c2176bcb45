package io.fcnspark.metrics;

/**
 * The sums of a confusion matrix n that all scores derive from, by class i.
 *
 * @param correct n_ii
 * @param truth t_i, the sum of row i
 * @param predicted p_i, the sum of column i
 */
record ClassCounts(long[] correct, long[] truth, long[] predicted) {
    static ClassCounts of(ConfusionMatrix n) {
        int classes = n.numClasses();
        ClassCounts counts = new ClassCounts(new long[classes], new long[classes], new long[classes]);
        for (int i = 0; i < classes; i++) {
            counts.correct[i] = n.at(i, i);
            counts.truth[i] = n.truthPixels(i);
            counts.predicted[i] = n.predictedPixels(i);
        }
        return counts;
    }

    int classes() {
        return correct.length;
    }

    /** Whether the class is in truth or prediction. */
    boolean has(int i) {
        return truth[i] + predicted[i] > 0;
    }
}
