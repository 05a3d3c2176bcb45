package io.fcnspark.training;

import io.fcnspark.engine.dl4j.FcnGraphs;
import io.fcnspark.engine.dl4j.NativeDeconvolution;
import io.fcnspark.network.Fcn;
import io.fcnspark.network.Layer;
import io.fcnspark.network.Layer.Dropout;
import io.fcnspark.training.TrainingOptions.Upsampling;
import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

/** A network with a loss at its end, as DL4J trains it. */
final class TrainingGraph {
    private static final String LOSS = "loss";

    private TrainingGraph() {}

    /**
     * The configuration.
     *
     * @param dataType FLOAT; DOUBLE to check gradients with
     * @param classWeights a factor on the loss for each class
     * @param steps of each worker over the whole training, which the learning rate's schedule spans
     */
    static ComputationGraphConfiguration of(
            Fcn network, DataType dataType, double[] classWeights, TrainingOptions options, int steps) {
        NeuralNetConfiguration.Builder defaults = new NeuralNetConfiguration.Builder()
                .dataType(dataType)
                .seed(options.seed())
                // The loss is a mean already.
                .miniBatch(false)
                .updater(updater(options, steps))
                .l2(options.weightDecay());
        ComputationGraphConfiguration graph = FcnGraphs.builder(
                        defaults, withDropout(network, options.dropout()), Fcn.SCORE)
                .addLayer(LOSS, new LossLayer(classWeights), Fcn.SCORE)
                .setOutputs(LOSS)
                .build();
        if (options.upsampling() == Upsampling.FIXED) {
            graph.getVertices().values().forEach(TrainingGraph::fixUpsampling);
        }
        return graph;
    }

    private static IUpdater updater(TrainingOptions options, int steps) {
        DecayingRate rate = options.rate(steps);
        return switch (options.optimiser()) {
            case SGD -> new Nesterovs(rate, options.momentum());
            case ADAM -> Adam.builder().learningRateSchedule(rate).build();
        };
    }

    private static Fcn withDropout(Fcn network, double rate) {
        List<Layer> layers = network.layers().stream()
                .map(layer -> layer instanceof Dropout d ? new Dropout(d.name(), d.input(), rate) : layer)
                .toList();
        return new Fcn(network.variant(), network.backbone(), network.numClasses(), network.geometry(), layers);
    }

    /** DL4J's {@code NoOp} would subtract the gradient as it is. */
    private static void fixUpsampling(GraphVertex vertex) {
        if (vertex instanceof LayerVertex layer
                && layer.getLayerConf().getLayer() instanceof NativeDeconvolution upsampling) {
            upsampling.setIUpdater(new Sgd(0));
            upsampling.setRegularization(List.of());
        }
    }
}
