package io.fcnspark.training;

import java.io.Serializable;

/**
 * Pixel-wise softmax cross-entropy: the mean, over the pixels that count, of {@code -log(softmax(scores)[truth])}, each weighted
 * by the weight of its true class (as in PyTorch; the authors take the sum, {@code SoftmaxWithLoss} with {@code normalize:
 * false}, and a learning rate smaller by the number of pixels). Knows nothing of any engine.
 */
final class SoftmaxCrossEntropy implements Serializable {
    private static final long serialVersionUID = 1;

    /** Marks a pixel that does not count. */
    static final int IGNORE = -1;

    private final double[] classWeights;

    /** A loss with a weight for each class. */
    SoftmaxCrossEntropy(double[] classWeights) {
        this.classWeights = classWeights.clone();
    }

    /** Sum of the weights of some pixels: what their mean is divided by. */
    double totalWeight(int[] truth) {
        double total = 0;
        for (int label : truth) {
            total += label == IGNORE ? 0 : classWeights[label];
        }
        return total;
    }

    /**
     * The loss of a row of pixels.
     *
     * @param scores an array for each class; is overwritten with the gradient
     * @param truth class ids, or {@link #IGNORE}
     * @param factor on loss and gradient: one divided by the {@link #totalWeight} of all pixels
     * @return what the row adds to the loss
     */
    double row(double[][] scores, int[] truth, double factor) {
        int width = truth.length;
        double[] highest = scores[0].clone();
        for (double[] score : scores) {
            for (int x = 0; x < width; x++) {
                highest[x] = Math.max(highest[x], score[x]);
            }
        }
        double[] ofTruth = new double[width];
        for (int x = 0; x < width; x++) {
            ofTruth[x] = truth[x] == IGNORE ? 0 : scores[truth[x]][x] - highest[x];
        }
        double[] sums = new double[width];
        for (double[] score : scores) {
            for (int x = 0; x < width; x++) {
                score[x] = Math.exp(score[x] - highest[x]);
                sums[x] += score[x];
            }
        }
        double loss = 0;
        double[] scale = new double[width];
        for (int x = 0; x < width; x++) {
            if (truth[x] != IGNORE) {
                double weight = factor * classWeights[truth[x]];
                loss += weight * (Math.log(sums[x]) - ofTruth[x]);
                scale[x] = weight / sums[x];
            }
        }
        for (double[] score : scores) {
            for (int x = 0; x < width; x++) {
                score[x] *= scale[x];
            }
        }
        for (int x = 0; x < width; x++) {
            if (truth[x] != IGNORE) {
                scores[truth[x]][x] -= factor * classWeights[truth[x]];
            }
        }
        return loss;
    }
}
