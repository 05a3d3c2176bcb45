package io.fcnspark.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

class SoftmaxCrossEntropyTest {
    private static final int CLASSES = 4;
    private static final int WIDTH = 50;
    private static final double[] WEIGHTS = {0.5, 1, 2, 3};

    /** ND4J's own loss gives the sum; with one-hot truth, weights and a mask it counts the same pixels. */
    @Test
    void isTheWeightedMeanOfAnotherImplementation() {
        Random random = new Random(1);
        double[][] scores = new double[CLASSES][WIDTH];
        int[] truth = new int[WIDTH];
        INDArray theirs = Nd4j.create(DataType.DOUBLE, WIDTH, CLASSES);
        INDArray oneHot = Nd4j.create(DataType.DOUBLE, WIDTH, CLASSES);
        INDArray mask = Nd4j.create(DataType.DOUBLE, WIDTH, 1);
        for (int x = 0; x < WIDTH; x++) {
            truth[x] = random.nextInt(CLASSES + 1) - 1;
            for (int c = 0; c < CLASSES; c++) {
                scores[c][x] = 5 * random.nextGaussian();
                theirs.putScalar(x, c, scores[c][x]);
            }
            if (truth[x] != SoftmaxCrossEntropy.IGNORE) {
                oneHot.putScalar(x, truth[x], 1);
                mask.putScalar(x, 0, 1);
            }
        }
        LossMCXENT reference = new LossMCXENT(Nd4j.createFromArray(WEIGHTS));
        SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy(WEIGHTS);
        double total = loss.totalWeight(truth);

        double found = loss.row(scores, truth, 1 / total);

        double expected = reference.computeScore(oneHot, theirs.dup(), new ActivationSoftmax(), mask, false) / total;
        assertThat(found).isCloseTo(expected, within(1e-9));
        INDArray gradient = reference.computeGradient(oneHot, theirs.dup(), new ActivationSoftmax(), mask);
        for (int x = 0; x < WIDTH; x++) {
            for (int c = 0; c < CLASSES; c++) {
                assertThat(scores[c][x]).isCloseTo(gradient.getDouble(x, c) / total, within(1e-9));
            }
        }
    }

    @Test
    void isFiniteForScoresThatNoExponentialHolds() {
        SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy(new double[] {1, 1});
        double[][] scores = {{1e5, -1e5}, {-1e5, 1e5}};
        assertThat(loss.row(scores, new int[] {1, 1}, 0.5)).isEqualTo(1e5);
        assertThat(scores[0]).containsExactly(0.5, 0);
        assertThat(scores[1]).containsExactly(-0.5, 0);
    }

    @Test
    void ignoredPixelsAddNothing() {
        SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy(WEIGHTS);
        int[] truth = {SoftmaxCrossEntropy.IGNORE, SoftmaxCrossEntropy.IGNORE};
        double[][] scores = {{1, 2}, {3, 4}, {5, 6}, {7, 8}};
        assertThat(loss.totalWeight(truth)).isZero();
        assertThat(loss.row(scores, truth, 1)).isZero();
        for (double[] gradient : scores) {
            assertThat(gradient).containsOnly(0);
        }
    }
}
