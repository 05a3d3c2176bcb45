package io.fcnspark.training;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Configuration of {@link SoftmaxCrossEntropy} as DL4J's output layer. Labels are {@code [N, 1, H, W]}: class ids as numbers,
 * {@link SoftmaxCrossEntropy#IGNORE} for pixels that do not count. DL4J's own takes a mask and one-hot labels, as many times
 * larger as there are classes. Public for DL4J's JSON, which names the class.
 */
public final class LossLayer extends CnnLossLayer {
    private static final long serialVersionUID = 1;

    @JsonProperty("classWeights")
    private double[] classWeights;

    /** For DL4J's JSON. */
    LossLayer() {}

    LossLayer(double[] classWeights) {
        this.classWeights = classWeights.clone();
        this.activationFn = new ActivationIdentity();
    }

    @Override
    public LossLayer clone() {
        return (LossLayer) super.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LossLayer loss && Arrays.equals(classWeights, loss.classWeights);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(classWeights);
    }

    @Override
    public Layer instantiate(
            NeuralNetConfiguration conf,
            Collection<TrainingListener> listeners,
            int index,
            INDArray parameters,
            boolean initialize,
            DataType dataType) {
        Computation layer = new Computation(conf, dataType, new SoftmaxCrossEntropy(classWeights));
        layer.setListeners(listeners);
        layer.setIndex(index);
        layer.setParamsViewArray(parameters);
        layer.setParamTable(initializer().init(conf, parameters, initialize));
        return layer;
    }

    /** The layer that this is the configuration of. */
    private static final class Computation extends org.deeplearning4j.nn.layers.convolution.CnnLossLayer {
        private static final long serialVersionUID = 1;

        private final SoftmaxCrossEntropy loss;
        /** Of the last backward pass, which computes it anyway. */
        private double lastLoss;

        Computation(NeuralNetConfiguration conf, DataType dataType, SoftmaxCrossEntropy loss) {
            super(conf, dataType);
            this.loss = loss;
        }

        @Override
        public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
            throw new UnsupportedOperationException(
                    "a graph with a loss is for training; its scores are the layer before");
        }

        @Override
        public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
            assertInputSet(true);
            INDArray gradient = workspaces.dup(ArrayType.ACTIVATION_GRAD, input, 'c');
            lastLoss = lossAndGradient(gradient);
            return new Pair<>(new DefaultGradient(), gradient);
        }

        /** Without the regularisation, so that losses of training and validation can be compared. */
        @Override
        public double computeScore(double regularisation, boolean training, LayerWorkspaceMgr workspaces) {
            if (!training) {
                lastLoss = lossAndGradient(input.dup('c'));
            }
            score = lastLoss;
            return score;
        }

        @Override
        public INDArray computeScoreForExamples(double regularisation, LayerWorkspaceMgr workspaces) {
            throw new UnsupportedOperationException("the loss is a mean over the pixels of all images of a batch");
        }

        @Override
        public List<String> predict(org.nd4j.linalg.dataset.api.DataSet dataSet) {
            throw new UnsupportedOperationException();
        }

        /** Overwrites scores {@code [N, C, H, W]} with the gradient. */
        private double lossAndGradient(INDArray scores) {
            int images = Math.toIntExact(scores.size(0));
            int classes = Math.toIntExact(scores.size(1));
            int height = Math.toIntExact(scores.size(2));
            int width = Math.toIntExact(scores.size(3));
            int[] truth = labels.dup('c').data().asInt();
            double total = loss.totalWeight(truth);
            double factor = total == 0 ? 0 : 1 / total;
            ScorePlanes planes = ScorePlanes.of(scores);
            double[][] row = new double[classes][width];
            double sum = 0;
            for (int image = 0; image < images; image++) {
                for (int y = 0; y < height; y++) {
                    int pixel = (image * height + y) * width;
                    for (int c = 0; c < classes; c++) {
                        planes.read(((image * classes + c) * height + y) * width, row[c]);
                    }
                    sum += loss.row(row, Arrays.copyOfRange(truth, pixel, pixel + width), factor);
                    for (int c = 0; c < classes; c++) {
                        planes.write(((image * classes + c) * height + y) * width, row[c]);
                    }
                }
            }
            return sum;
        }
    }
}
