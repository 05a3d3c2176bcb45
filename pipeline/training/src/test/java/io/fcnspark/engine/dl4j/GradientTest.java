package io.fcnspark.engine.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.fcnspark.engine.FeatureMaps;
import io.fcnspark.network.Fcn;
import io.fcnspark.network.Geometry;
import io.fcnspark.network.Layer;
import io.fcnspark.network.Layer.Activation;
import io.fcnspark.network.Layer.Add;
import io.fcnspark.network.Layer.Convolution;
import io.fcnspark.network.Layer.Crop;
import io.fcnspark.network.Layer.Dropout;
import io.fcnspark.network.Layer.Input;
import io.fcnspark.network.Layer.MaxPool;
import io.fcnspark.network.Layer.PadToMultiple;
import io.fcnspark.network.Layer.Scale;
import io.fcnspark.network.Layer.TransposedConvolution;
import io.fcnspark.network.Variant;
import io.fcnspark.weights.Weights;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * Backward passes. The function whose gradient is taken is the sum of the output's values, each times a fixed random number.
 * Every network begins with a convolution, whose gradient tells whether what follows passes the right one back.
 */
class GradientTest {
    private static final Layer DATA = new Input("data", 2);
    private static final Layer FIRST = new Convolution("first", "data", 2, 3, 3, 1, Activation.NONE);

    /** With arrays this small, threads only wait for each other. */
    @BeforeAll
    static void computeOnOneThread() {
        Nd4j.getBackend();
        NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(1);
    }

    static Stream<List<Layer>> networks() {
        return Stream.of(
                List.of(DATA, FIRST, new Convolution("y", "first", 3, 2, 3, 1, Activation.RELU)),
                List.of(DATA, FIRST, new Convolution("y", "first", 3, 2, 3, 0, Activation.NONE)),
                List.of(DATA, FIRST, new Convolution("y", "first", 3, 2, 1, 0, Activation.RELU)),
                List.of(DATA, FIRST, new Convolution("y", "first", 3, 2, 3, 5, Activation.RELU)),
                List.of(DATA, FIRST, new MaxPool("y", "first", 2, 2)),
                List.of(DATA, FIRST, new TransposedConvolution("y", "first", 3, 2, 4, 2, 0)),
                List.of(DATA, FIRST, new TransposedConvolution("y", "first", 3, 2, 4, 2, 1)),
                List.of(DATA, FIRST, new TransposedConvolution("y", "first", 3, 1, 8, 4, 2)),
                List.of(DATA, FIRST, new PadToMultiple("y", "first", 8)),
                List.of(DATA, FIRST, new Scale("y", "first", 0.01)),
                List.of(
                        DATA,
                        FIRST,
                        new MaxPool("pool", "first", 2, 2),
                        new Convolution("fine", "first", 3, 3, 3, 1, Activation.RELU),
                        new Crop("crop", "fine", "pool", 1),
                        new Add("y", "pool", "crop")),
                List.of(DATA, FIRST, new PadToMultiple("pad", "first", 16), new Crop("y", "pad", "data", 2)));
    }

    @ParameterizedTest
    @MethodSource("networks")
    void equalsFiniteDifferences(List<Layer> layers) {
        Fcn network = Nets.of(layers.toArray(Layer[]::new));
        String output = layers.get(layers.size() - 1).name();
        ComputationGraph graph = graph(network, output, DataType.DOUBLE);
        INDArray images = array(Nets.images(2, 2, 5, 7, 1), DataType.DOUBLE);
        INDArray factors = factors(graph, images);
        INDArray gradient = gradient(graph, images, factors);

        INDArray parameters = graph.params();
        double step = 1e-6;
        for (long i = 0; i < parameters.length(); i++) {
            double value = parameters.getDouble(i);
            parameters.putScalar(i, value + step);
            double above = function(graph, images, factors);
            parameters.putScalar(i, value - step);
            double below = function(graph, images, factors);
            parameters.putScalar(i, value);
            double expected = (above - below) / (2 * step);
            assertThat(Math.abs(gradient.getDouble(i) - expected))
                    .as("parameter %d of %s: %s", i, output, expected)
                    .isLessThan(1e-6 * (1 + Math.abs(expected)));
        }
        assertThat(gradient.norm2Number().doubleValue()).isPositive();
    }

    static Stream<Fcn> wholeNetworks() {
        return Stream.of(Variant.FCN_8S_AT_ONCE, Variant.FCN_32S).flatMap(variant -> Stream.of(Geometry.values())
                .map(geometry -> withoutDropout(Nets.tiny(variant, geometry))));
    }

    private static Fcn withoutDropout(Fcn network) {
        return Nets.of(network.layers().stream()
                .map(layer -> layer instanceof Dropout dropout ? new Scale(dropout.name(), dropout.input(), 1) : layer)
                .toArray(Layer[]::new));
    }

    /** The operations that oneDNN computes in fp32 are ND4J's own in fp64. */
    @ParameterizedTest
    @MethodSource("wholeNetworks")
    void agreesInBothPrecisions(Fcn network) {
        FeatureMaps images = Nets.images(1, 3, 40, 33, 1);
        ComputationGraph doubles = graph(network, Fcn.SCORE, DataType.DOUBLE);
        ComputationGraph floats = graph(network, Fcn.SCORE, DataType.FLOAT);
        INDArray factors = factors(doubles, array(images, DataType.DOUBLE));

        INDArray expected = gradient(doubles, array(images, DataType.DOUBLE), factors);
        INDArray found = gradient(floats, array(images, DataType.FLOAT), factors.castTo(DataType.FLOAT));

        INDArray difference = found.castTo(DataType.DOUBLE).sub(expected);
        assertThat(expected.norm2Number().doubleValue()).isPositive();
        assertThat(difference.norm2Number().doubleValue())
                .isLessThan(1e-4 * expected.norm2Number().doubleValue());
    }

    /** With ND4J's workspaces, as training uses them: an array in the wrong one, or used after its time, is an error. */
    @ParameterizedTest
    @EnumSource(Geometry.class)
    void trainsInWorkspaces(Geometry geometry) {
        Fcn network = withoutDropout(Nets.tiny(Variant.FCN_8S, geometry));
        ComputationGraph graph = new ComputationGraph(
                FcnGraphs.builder(new NeuralNetConfiguration.Builder().updater(new Adam(0.01)), network, Fcn.SCORE)
                        .addLayer(
                                "loss",
                                new CnnLossLayer.Builder(LossFunctions.LossFunction.MSE)
                                        .activation(org.nd4j.linalg.activations.Activation.IDENTITY)
                                        .build(),
                                Fcn.SCORE)
                        .setOutputs("loss")
                        .validateOutputLayerConfig(true)
                        .build());
        FcnGraphs.initialise(graph, network, Nets.weights(network, 7));
        INDArray images = array(Nets.images(2, 3, 33, 40, 1), DataType.FLOAT);
        INDArray target = array(Nets.images(2, 3, 33, 40, 2), DataType.FLOAT);
        graph.fit(new INDArray[] {images}, new INDArray[] {target});
        double first = graph.score();
        for (int i = 0; i < 8; i++) {
            graph.fit(new INDArray[] {images}, new INDArray[] {target});
        }
        assertThat(graph.score()).isLessThan(0.9 * first);
    }

    @Test
    void survivesJson() {
        Fcn network = Nets.tiny(Variant.FCN_8S_AT_ONCE, Geometry.CAFFE);
        ComputationGraphConfiguration configuration =
                graph(network, Fcn.SCORE, DataType.FLOAT).getConfiguration();
        ComputationGraphConfiguration read = ComputationGraphConfiguration.fromJson(configuration.toJson());
        assertThat(read).isEqualTo(configuration);

        ComputationGraph graph = new ComputationGraph(read);
        FcnGraphs.initialise(graph, network, Nets.weights(network, 7));
        INDArray images = array(Nets.images(1, 3, 40, 33, 1), DataType.FLOAT);
        assertThat(graph.outputSingle(images))
                .isEqualTo(graph(network, Fcn.SCORE, DataType.FLOAT).outputSingle(images));
    }

    private static ComputationGraph graph(Fcn network, String output, DataType dataType) {
        ComputationGraph graph = new ComputationGraph(
                FcnGraphs.builder(defaults(dataType), network, output).build());
        Weights weights = Nets.weights(network, 7);
        if (dataType == DataType.FLOAT) {
            FcnGraphs.initialise(graph, network, weights);
        } else {
            ComputationGraph floats = graph(network, output, DataType.FLOAT);
            graph.init(floats.params().castTo(dataType), false);
        }
        graph.initGradientsView();
        return graph;
    }

    private static NeuralNetConfiguration.Builder defaults(DataType dataType) {
        return new NeuralNetConfiguration.Builder()
                .dataType(dataType)
                .trainingWorkspaceMode(WorkspaceMode.NONE)
                .inferenceWorkspaceMode(WorkspaceMode.NONE);
    }

    private static INDArray array(FeatureMaps maps, DataType dataType) {
        return Nd4j.createFromArray(Nets.values(maps))
                .castTo(dataType)
                .reshape(maps.count(), maps.channels(), maps.height(), maps.width());
    }

    private static INDArray factors(ComputationGraph graph, INDArray images) {
        long[] shape = graph.outputSingle(images).shape();
        FeatureMaps factors = Nets.images((int) shape[0], (int) shape[1], (int) shape[2], (int) shape[3], 3);
        return array(factors, images.dataType());
    }

    private static double function(ComputationGraph graph, INDArray images, INDArray factors) {
        return graph.outputSingle(images).mul(factors).sumNumber().doubleValue();
    }

    private static INDArray gradient(ComputationGraph graph, INDArray images, INDArray factors) {
        graph.feedForward(new INDArray[] {images}, true, false);
        graph.backpropGradient(factors);
        return graph.getFlattenedGradients();
    }
}
