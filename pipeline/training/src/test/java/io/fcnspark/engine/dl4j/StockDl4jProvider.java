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
        for (Layer layer : network.layersUpTo(outputLayer)) {
            add(layer, graph);
        }
        return graph.setOutputs(outputLayer).validateOutputLayerConfig(false).build();
    }

    private static void add(Layer layer, GraphBuilder graph) {
        String name = layer.name();
        String[] inputs = layer.inputs().toArray(String[]::new);
        if (layer instanceof Input) {
            graph.addInputs(name);
        } else if (layer instanceof PadToMultiple pad) {
            graph.addVertex(name, new PadVertex(pad.multiple()), inputs);
        } else if (layer instanceof Convolution c) {
            graph.addLayer(
                    name,
                    new ConvolutionLayer.Builder(new int[] {c.kernel(), c.kernel()}, new int[] {1, 1}, new int[] {
                                c.padding(), c.padding()
                            })
                            .nIn(c.inputChannels())
                            .nOut(c.channels())
                            .activation(
                                    c.activation() == Activation.RELU
                                            ? org.nd4j.linalg.activations.Activation.RELU
                                            : org.nd4j.linalg.activations.Activation.IDENTITY)
                            .build(),
                    inputs);
        } else if (layer instanceof MaxPool pool) {
            graph.addLayer(
                    name,
                    new SubsamplingLayer.Builder(
                                    SubsamplingLayer.PoolingType.MAX,
                                    new int[] {pool.kernel(), pool.kernel()},
                                    new int[] {pool.stride(), pool.stride()})
                            .convolutionMode(ConvolutionMode.Same)
                            .build(),
                    inputs);
        } else if (layer instanceof Dropout) {
            graph.addVertex(name, new ScaleVertex(1), inputs);
        } else if (layer instanceof Scale scale) {
            graph.addVertex(name, new ScaleVertex(scale.factor()), inputs);
        } else if (layer instanceof TransposedConvolution t) {
            graph.addLayer(
                    name,
                    new Deconvolution2D.Builder(
                                    new int[] {t.kernel(), t.kernel()},
                                    new int[] {t.stride(), t.stride()},
                                    new int[] {t.padding(), t.padding()})
                            .nIn(t.inputChannels())
                            .nOut(t.channels())
                            .hasBias(false)
                            .activation(org.nd4j.linalg.activations.Activation.IDENTITY)
                            .build(),
                    inputs);
        } else if (layer instanceof Crop crop) {
            graph.addVertex(name, new CropVertex(crop.offset()), inputs);
        } else if (layer instanceof Add) {
            graph.addVertex(name, new ElementWiseVertex(ElementWiseVertex.Op.Add), inputs);
        } else {
            throw new IllegalStateException("no vertex for " + layer);
        }
    }
}
