package io.fcnspark.engine.dl4j;

import io.fcnspark.engine.Device;
import io.fcnspark.engine.EngineProvider;
import io.fcnspark.engine.FeatureMaps;
import io.fcnspark.engine.NetworkRunner;
import io.fcnspark.engine.Precision;
import io.fcnspark.engine.RunnerOptions;
import io.fcnspark.network.Fcn;
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
import io.fcnspark.weights.Weights;
import java.util.Optional;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * The engine {@code dl4j-stock}: the network of DL4J's own convolution layers, as anyone would build it, to measure the other
 * engines against. Not part of the product; benchmarks put it on the class path.
 */
public final class StockDl4jProvider implements EngineProvider {
    @Override
    public String name() {
        return "dl4j-stock";
    }

    @Override
    public int preference() {
        return 0;
    }

    @Override
    public Optional<String> unavailable(Device device, Precision precision) {
        return new Dl4jProvider().unavailable(device, precision);
    }

    @Override
    public NetworkRunner load(Fcn network, Weights weights, RunnerOptions options) {
        ComputationGraph graph = new ComputationGraph(graph(network, options.outputLayer()));
        INDArray parameters = FcnGraphs.initialise(graph, network, weights);
        return new Runner(graph, parameters, options.threads());
    }

    private record Runner(ComputationGraph graph, INDArray parameters, int threads) implements NetworkRunner {
        @Override
        public synchronized void run(FeatureMaps data, FeatureMaps result) {
            NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(threads);
            try (INDArray input = Nd4j.createUninitialized(
                    DataType.FLOAT, data.count(), data.channels(), data.height(), data.width())) {
                FcnGraphs.floats(input).put(data.values());
                try (INDArray output = graph.outputSingle(false, input);
                        INDArray inOrder = output.dup('c')) {
                    result.values().put(FcnGraphs.floats(inOrder));
                }
            }
        }

        @Override
        public void close() {
            parameters.close();
        }
    }

    private static org.deeplearning4j.nn.conf.ComputationGraphConfiguration graph(Fcn network, String outputLayer) {
        GraphBuilder graph = new NeuralNetConfiguration.Builder()
                .dataType(DataType.FLOAT)
                .inferenceWorkspaceMode(WorkspaceMode.ENABLED)
                .graphBuilder();
        Vertices vertices = new Vertices(graph);
        network.layersUpTo(outputLayer).forEach(layer -> layer.accept(vertices));
        return graph.setOutputs(outputLayer).validateOutputLayerConfig(false).build();
    }

    private record Vertices(GraphBuilder graph) implements Layer.Visitor<GraphBuilder> {
        @Override
        public GraphBuilder input(Input layer) {
            return graph.addInputs(layer.name());
        }

        @Override
        public GraphBuilder padToMultiple(PadToMultiple layer) {
            return graph.addVertex(layer.name(), new PadVertex(layer.multiple()), layer.input());
        }

        @Override
        public GraphBuilder convolution(Convolution layer) {
            return graph.addLayer(
                    layer.name(),
                    new ConvolutionLayer.Builder(
                                    new int[] {layer.kernel(), layer.kernel()},
                                    new int[] {1, 1},
                                    new int[] {layer.padding(), layer.padding()})
                            .nIn(layer.inputChannels())
                            .nOut(layer.channels())
                            .activation(
                                    layer.activation() == Activation.RELU
                                            ? org.nd4j.linalg.activations.Activation.RELU
                                            : org.nd4j.linalg.activations.Activation.IDENTITY)
                            .build(),
                    layer.input());
        }

        @Override
        public GraphBuilder maxPool(MaxPool layer) {
            return graph.addLayer(
                    layer.name(),
                    new SubsamplingLayer.Builder(
                                    SubsamplingLayer.PoolingType.MAX,
                                    new int[] {layer.kernel(), layer.kernel()},
                                    new int[] {layer.stride(), layer.stride()})
                            .convolutionMode(ConvolutionMode.Same)
                            .build(),
                    layer.input());
        }

        @Override
        public GraphBuilder dropout(Dropout layer) {
            return graph.addVertex(layer.name(), new ScaleVertex(1), layer.input());
        }

        @Override
        public GraphBuilder scale(Scale layer) {
            return graph.addVertex(layer.name(), new ScaleVertex(layer.factor()), layer.input());
        }

        @Override
        public GraphBuilder transposedConvolution(TransposedConvolution layer) {
            return graph.addLayer(
                    layer.name(),
                    new Deconvolution2D.Builder(
                                    new int[] {layer.kernel(), layer.kernel()},
                                    new int[] {layer.stride(), layer.stride()},
                                    new int[] {layer.padding(), layer.padding()})
                            .nIn(layer.inputChannels())
                            .nOut(layer.channels())
                            .hasBias(false)
                            .activation(org.nd4j.linalg.activations.Activation.IDENTITY)
                            .build(),
                    layer.input());
        }

        @Override
        public GraphBuilder crop(Crop layer) {
            return graph.addVertex(layer.name(), new CropVertex(layer.offset()), layer.input(), layer.like());
        }

        @Override
        public GraphBuilder add(Add layer) {
            return graph.addVertex(
                    layer.name(), new ElementWiseVertex(ElementWiseVertex.Op.Add), layer.left(), layer.right());
        }
    }
}
