package io.fcnspark.engine.dl4j;

import io.fcnspark.network.Fcn;
import io.fcnspark.network.Layer;
import io.fcnspark.network.Layer.Add;
import io.fcnspark.network.Layer.Convolution;
import io.fcnspark.network.Layer.Crop;
import io.fcnspark.network.Layer.Dropout;
import io.fcnspark.network.Layer.Input;
import io.fcnspark.network.Layer.MaxPool;
import io.fcnspark.network.Layer.PadToMultiple;
import io.fcnspark.network.Layer.Scale;
import io.fcnspark.network.Layer.TransposedConvolution;
import io.fcnspark.network.Parameter;
import io.fcnspark.weights.Tensor;
import io.fcnspark.weights.Weights;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.deeplearning4j.util.CrashReportingUtil;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Networks as DL4J graphs. Vertices have the names of the network's layers; arrays are {@code [N, C, H, W]}. */
public final class FcnGraphs {
    /** By which a process says whether it wants DL4J's reports. */
    private static final String CRASH_REPORTS = "org.deeplearning4j.crash.reporting.enabled";

    static {
        // DL4J would answer a lack of memory by writing a report into the working directory, with a library that is
        // left out. It has one switch for a whole process, which is left alone where somebody has set it.
        if (System.getProperty(CRASH_REPORTS) == null) {
            CrashReportingUtil.crashDumpsEnabled(false);
        }
    }

    private FcnGraphs() {}

    /**
     * The layers that {@code outputLayer} needs, itself the only output: a graph to run, or one to add a loss to. The images'
     * size is not part of it.
     *
     * @param defaults what holds for all layers (data type, updater, regularisation …)
     * @throws IllegalArgumentException if the network has no such layer
     */
    public static GraphBuilder builder(NeuralNetConfiguration.Builder defaults, Fcn network, String outputLayer) {
        GraphBuilder graph = defaults.graphBuilder();
        Vertices vertices = new Vertices(graph);
        network.layersUpTo(outputLayer).forEach(layer -> layer.accept(vertices));
        // DL4J expects a layer with a loss at the end of every graph.
        return graph.setOutputs(outputLayer).validateOutputLayerConfig(false);
    }

    /** Adds the vertex of a layer. */
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
            return graph.addLayer(layer.name(), NativeConvolution.of(layer), layer.input());
        }

        @Override
        public GraphBuilder maxPool(MaxPool layer) {
            return graph.addLayer(layer.name(), pooling(layer), layer.input());
        }

        @Override
        public GraphBuilder dropout(Dropout layer) {
            // DL4J counts the share that stays.
            return graph.addLayer(layer.name(), new DropoutLayer(1 - layer.rate()), layer.input());
        }

        @Override
        public GraphBuilder scale(Scale layer) {
            return graph.addVertex(layer.name(), new ScaleVertex(layer.factor()), layer.input());
        }

        @Override
        public GraphBuilder transposedConvolution(TransposedConvolution layer) {
            return graph.addLayer(layer.name(), NativeDeconvolution.of(layer), layer.input());
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

    /**
     * DL4J has no pooling that rounds up. Its 'same' pooling yields {@code ceil(size / stride)} values and never counts what it
     * pads; it pads at the right and bottom first, so for windows as wide as their stride and at most 2 the two are one.
     */
    private static SubsamplingLayer pooling(MaxPool pool) {
        if (pool.kernel() != 2 || pool.stride() != 2) {
            throw new IllegalArgumentException("%s: windows of %d with stride %d; only 2 with stride 2 can be computed"
                    .formatted(pool.name(), pool.kernel(), pool.stride()));
        }
        return new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX, new int[] {2, 2}, new int[] {2, 2})
                .convolutionMode(ConvolutionMode.Same)
                .build();
    }

    /**
     * Allocates the graph's parameters in native memory, 4 bytes each, and copies the network's weights there: their only copy.
     *
     * @param graph of {@link #builder}, with data type {@code FLOAT}, not initialised yet
     * @param weights the network's tensors; may be memory-mapped, and are not needed afterwards
     * @return all parameters, {@code [1, count]}, or empty if there are none; closing it frees them
     */
    public static INDArray initialise(ComputationGraph graph, Fcn network, Weights weights) {
        long count = network.layers().stream()
                .filter(layer -> isPartOf(graph, layer))
                .flatMap(layer -> Fcn.parameters(layer).stream())
                .mapToLong(Parameter::size)
                .sum();
        if (count == 0) {
            graph.init();
            return Nd4j.empty(DataType.FLOAT);
        }
        INDArray parameters = Nd4j.createUninitialized(DataType.FLOAT, 1, count);
        graph.init(parameters, false);
        for (Layer layer : network.layers()) {
            if (isPartOf(graph, layer)) {
                Fcn.parameters(layer).forEach(parameter -> copy(graph, layer, parameter, weights));
            }
        }
        return parameters;
    }

    private static boolean isPartOf(ComputationGraph graph, Layer layer) {
        return graph.getConfiguration().getVertices().containsKey(layer.name());
    }

    private static void copy(ComputationGraph graph, Layer layer, Parameter parameter, Weights weights) {
        Tensor tensor = weights.tensor(parameter.name());
        floats(array(graph, layer, parameter)).put(tensor.floats());
    }

    private static INDArray array(ComputationGraph graph, Layer layer, Parameter parameter) {
        boolean bias = parameter.name().endsWith(".bias");
        return graph.getVertex(layer.name())
                .paramTable(false)
                .get(bias ? DefaultParamInitializer.BIAS_KEY : DefaultParamInitializer.WEIGHT_KEY);
    }

    /**
     * The parameters of a graph as tensors: views of its memory, valid as long as the graph is and changes with it.
     *
     * @param graph of {@link #builder}, initialised, with data type {@code FLOAT}
     */
    public static Weights weights(ComputationGraph graph, Fcn network) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Layer layer : network.layers()) {
            if (isPartOf(graph, layer)) {
                for (Parameter parameter : Fcn.parameters(layer)) {
                    tensors.put(parameter.name(), view(array(graph, layer, parameter), 0, parameter.shape()));
                }
            }
        }
        return new Weights(tensors);
    }

    /**
     * A part of an array as a tensor over its native memory, which must live as long as the tensor does.
     *
     * @param array fp32, in row-major order without gaps
     * @param from index of the first value
     * @param shape of the part
     */
    public static Tensor view(INDArray array, long from, List<Integer> shape) {
        long size = shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
        BytePointer start = new BytePointer(array.data().addressPointer()).getPointer(from * Float.BYTES);
        return new Tensor(
                io.fcnspark.weights.DataType.F32,
                shape,
                start.capacity(size * Float.BYTES).asByteBuffer());
    }

    /**
     * The values of an array as a buffer over its native memory, which must live as long as the buffer does.
     *
     * @param array fp32, in row-major order without gaps; a view into a larger one is fine
     */
    public static FloatBuffer floats(INDArray array) {
        FloatPointer start = new FloatPointer(array.data().addressPointer());
        return start.capacity(array.length()).asBuffer();
    }
}
