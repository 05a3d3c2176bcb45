package io.fcnspark.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.fcnspark.engine.dl4j.FcnGraphs;
import io.fcnspark.network.Backbone;
import io.fcnspark.network.Fcn;
import io.fcnspark.network.Geometry;
import io.fcnspark.network.Variant;
import io.fcnspark.training.TrainingOptions.Optimiser;
import io.fcnspark.training.TrainingOptions.Upsampling;
import io.fcnspark.weights.RandomWeights;
import java.util.Random;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/** The gradient of the loss of a whole small FCN-8s, ignored pixels and class weights included, by finite differences in fp64. */
class WholeNetworkGradientTest {
    private static final int CLASSES = 3;
    private static final int SIZE = 40;
    private static final double STEP = 1e-6;
    private static final double[] CLASS_WEIGHTS = {0.5, 1, 4};

    @Test
    void equalsFiniteDifferencesInEveryLayer() {
        Nd4j.getBackend();
        NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(1);
        Fcn network = Fcn.of(Variant.FCN_8S, Backbone.vgg16(1 / 64.0), CLASSES, Geometry.SAME);
        ComputationGraph graph = doubles(network);
        MultiDataSet batch = batch();

        graph.setInputs(batch.getFeatures());
        graph.setLabels(batch.getLabels());
        graph.computeGradientAndScore(LayerWorkspaceMgr.noWorkspaces());
        INDArray gradient = graph.getFlattenedGradients().dup();

        INDArray parameters = graph.params();
        Random random = new Random(3);
        int nonZero = 0;
        for (int i = 0; i < 400; i++) {
            long index = random.nextInt((int) parameters.length());
            double value = parameters.getDouble(index);
            double expected = (lossAt(graph, batch, index, value + STEP) - lossAt(graph, batch, index, value - STEP))
                    / (2 * STEP);
            parameters.putScalar(index, value);
            assertThat(Math.abs(gradient.getDouble(index) - expected))
                    .as("parameter %d: expected %s", index, expected)
                    .isLessThan(1e-6 * (1 + Math.abs(expected)));
            nonZero += Math.abs(expected) > 1e-6 ? 1 : 0;
        }
        assertThat(nonZero).isGreaterThan(100);
    }

    private static double lossAt(ComputationGraph graph, MultiDataSet batch, long index, double value) {
        graph.params().putScalar(index, value);
        return graph.score(batch, false);
    }

    private static ComputationGraph doubles(Fcn network) {
        ComputationGraph floats = new ComputationGraph(configuration(network, DataType.FLOAT));
        FcnGraphs.initialise(floats, network, RandomWeights.of(network, 5, RandomWeights.ScoreLayers.HE_NORMAL));
        ComputationGraph doubles = new ComputationGraph(configuration(network, DataType.DOUBLE));
        doubles.init(floats.params().castTo(DataType.DOUBLE), false);
        return doubles;
    }

    private static ComputationGraphConfiguration configuration(Fcn network, DataType dataType) {
        TrainingOptions options = TrainingOptions.builder()
                .optimiser(Optimiser.SGD)
                .weightDecay(0)
                .dropout(0)
                .upsampling(Upsampling.LEARNED)
                .build();
        ComputationGraphConfiguration configuration = TrainingGraph.of(network, dataType, CLASS_WEIGHTS, options, 1);
        configuration.setTrainingWorkspaceMode(WorkspaceMode.NONE);
        configuration.setInferenceWorkspaceMode(WorkspaceMode.NONE);
        return configuration;
    }

    private static MultiDataSet batch() {
        Nd4j.getRandom().setSeed(7);
        INDArray images = Nd4j.randn(DataType.DOUBLE, 2, 3, SIZE, SIZE);
        INDArray truth = Nd4j.create(DataType.DOUBLE, 2, 1, SIZE, SIZE);
        Random random = new Random(9);
        for (long i = 0; i < truth.length(); i++) {
            truth.putScalar(i, random.nextInt(CLASSES + 1) - 1);
        }
        return new MultiDataSet(images, truth);
    }
}
