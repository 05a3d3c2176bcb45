package io.fcnspark.engine.onnxruntime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.fcnspark.engine.Device;
import io.fcnspark.engine.EngineException;
import io.fcnspark.engine.FeatureMaps;
import io.fcnspark.engine.NetworkRunner;
import io.fcnspark.engine.RunnerOptions;
import io.fcnspark.network.Fcn;
import io.fcnspark.network.Layer;
import io.fcnspark.network.Parameter;
import io.fcnspark.onnx.Onnx;
import io.fcnspark.onnx.OnnxDocumentation;
import io.fcnspark.onnx.OnnxGraph;
import io.fcnspark.weights.DataType;
import io.fcnspark.weights.Tensor;
import io.fcnspark.weights.Weights;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A session of ONNX Runtime. Its runs may overlap; they share one pool of threads.
 *
 * <p>While it loads, ONNX Runtime brings the weights of convolutions into a layout of its own, and holds three to four copies
 * of them for that time. A network's few large tensors (of VGG16, fc6 and fc7: 89 % of the weights) gain next to nothing by
 * it. So these stay in one buffer outside the heap and are handed to every run as inputs, which copies nothing.
 */
final class OnnxRuntimeRunner implements NetworkRunner {
    /** A tensor with more than this part of all weights is large. */
    private static final double LARGE = 0.1;

    private final OrtEnvironment environment;
    private final OrtSession session;
    private final Map<String, OnnxTensor> largeTensors;
    private final String outputLayer;

    private OnnxRuntimeRunner(
            OrtEnvironment environment, OrtSession session, Map<String, OnnxTensor> largeTensors, String outputLayer) {
        this.environment = environment;
        this.session = session;
        this.largeTensors = largeTensors;
        this.outputLayer = outputLayer;
    }

    /**
     * Makes the graph and hands the weights over.
     *
     * @throws EngineException if ONNX Runtime refuses
     */
    static OnnxRuntimeRunner load(Fcn network, Weights weights, RunnerOptions options) {
        Map<String, OnnxTensor> initializers = new HashMap<>();
        Map<String, OnnxTensor> largeTensors = new HashMap<>();
        try (SessionOptions sessionOptions = new SessionOptions()) {
            OrtEnvironment environment = OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
            environment.setTelemetry(false);
            configure(sessionOptions, options);
            // A GPU holds weights in memory of its own, where inputs would have to be brought for every run.
            double limit = options.device().kind() == Device.Kind.GPU
                    ? Double.POSITIVE_INFINITY
                    : LARGE * network.parameterCount();
            for (Layer layer : network.layersUpTo(options.outputLayer())) {
                for (Parameter parameter : Fcn.parameters(layer)) {
                    Tensor tensor = weights.tensor(parameter.name());
                    if (parameter.size() > limit) {
                        largeTensors.put(parameter.name(), tensor(environment, copy(tensor), parameter.shape()));
                    } else {
                        initializers.put(parameter.name(), tensor(environment, direct(tensor), parameter.shape()));
                    }
                }
            }
            byte[] graph = OnnxGraph.model(
                            network,
                            options.outputLayer(),
                            parameter -> largeTensors.containsKey(parameter.name())
                                    ? Optional.empty()
                                    : Optional.of(new OnnxGraph.Initializer(
                                            Onnx.suppliedFloats(parameter.name(), parameter.shape()), DataType.F32)),
                            OnnxDocumentation.NONE)
                    .toBytes();
            sessionOptions.addExternalInitializers(Map.<String, OnnxTensorLike>copyOf(initializers));
            return new OnnxRuntimeRunner(
                    environment, environment.createSession(graph, sessionOptions), largeTensors, options.outputLayer());
        } catch (OrtException e) {
            largeTensors.values().forEach(OnnxTensor::close);
            throw new EngineException(
                    "ONNX Runtime cannot load %s: %s".formatted(network.variant(), e.getMessage()), e);
        } finally {
            // The session has made its own copies.
            initializers.values().forEach(OnnxTensor::close);
        }
    }

    private static void configure(SessionOptions session, RunnerOptions options) throws OrtException {
        session.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
        session.setIntraOpNumThreads(options.threads());
        session.setInterOpNumThreads(1);
        session.setOptimizationLevel(SessionOptions.OptLevel.ALL_OPT);
        // Threads that wait by spinning take the processor from the tasks that decode the next images.
        session.addConfigEntry("session.intra_op.allow_spinning", "0");
        // Patterns are remembered for every size of image there ever was.
        session.setMemoryPatternOptimization(false);
        if (options.device().kind() == Device.Kind.GPU) {
            session.addCUDA(options.device().index());
        }
    }

    @Override
    public void run(FeatureMaps data, FeatureMaps result) {
        Map<String, OnnxTensor> inputs = new HashMap<>(largeTensors);
        try (OnnxTensor input = tensor(environment, data);
                OnnxTensor output = tensor(environment, result)) {
            inputs.put(Fcn.DATA, input);
            session.run(inputs, Map.of(outputLayer, output)).close();
        } catch (OrtException e) {
            throw new EngineException(
                    "ONNX Runtime failed on %d images of %dx%d pixels: %s"
                            .formatted(data.count(), data.width(), data.height(), e.getMessage()),
                    e);
        }
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new EngineException("ONNX Runtime cannot close its session: " + e.getMessage(), e);
        } finally {
            largeTensors.values().forEach(OnnxTensor::close);
        }
    }

    private static OnnxTensor tensor(OrtEnvironment environment, FeatureMaps maps) throws OrtException {
        return tensor(environment, maps.values(), List.of(maps.count(), maps.channels(), maps.height(), maps.width()));
    }

    private static OnnxTensor tensor(OrtEnvironment environment, FloatBuffer values, List<Integer> shape)
            throws OrtException {
        return OnnxTensor.createTensor(
                environment,
                values,
                shape.stream().mapToLong(Integer::longValue).toArray());
    }

    /** The values where they are, if the library can read them there; otherwise a copy outside the heap. */
    private static FloatBuffer direct(Tensor tensor) {
        FloatBuffer values = tensor.floats();
        return values.isDirect() && values.order() == ByteOrder.nativeOrder() ? values : copy(tensor);
    }

    private static FloatBuffer copy(Tensor tensor) {
        FloatBuffer values = tensor.floats();
        ByteBuffer copy = ByteBuffer.allocateDirect(Math.multiplyExact(values.remaining(), Float.BYTES));
        return copy.order(ByteOrder.nativeOrder()).asFloatBuffer().put(values).flip();
    }
}
