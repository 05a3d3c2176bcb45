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
import io.fcnspark.weights.Tensor;
import io.fcnspark.weights.Weights;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A session of ONNX Runtime. Its runs may overlap; they share one pool of threads. */
final class OnnxRuntimeRunner implements NetworkRunner {
    private final OrtEnvironment environment;
    private final OrtSession session;
    private final String outputLayer;

    private OnnxRuntimeRunner(OrtEnvironment environment, OrtSession session, String outputLayer) {
        this.environment = environment;
        this.session = session;
        this.outputLayer = outputLayer;
    }

    /**
     * Makes the graph and hands its weights over from where they are, so that no second copy of them is ever on the heap.
     *
     * @throws EngineException if ONNX Runtime refuses
     */
    static OnnxRuntimeRunner load(Fcn network, Weights weights, RunnerOptions options) {
        String outputLayer = options.outputLayer();
        byte[] graph = bytes(OnnxGraph.model(
                network, outputLayer, parameter -> Onnx.externalFloats(parameter.name(), parameter.shape())));
        Map<String, OnnxTensorLike> tensors = new LinkedHashMap<>();
        try (SessionOptions sessionOptions = new SessionOptions()) {
            OrtEnvironment environment = OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
            environment.setTelemetry(false);
            configure(sessionOptions, options);
            try {
                for (Layer layer : network.layersUpTo(outputLayer)) {
                    for (Parameter parameter : Fcn.parameters(layer)) {
                        Tensor tensor = weights.tensor(parameter.name());
                        tensors.put(parameter.name(), tensor(environment, direct(tensor), tensor.shape()));
                    }
                }
                sessionOptions.addExternalInitializers(tensors);
                return new OnnxRuntimeRunner(
                        environment, environment.createSession(graph, sessionOptions), outputLayer);
            } finally {
                tensors.values().forEach(OnnxTensorLike::close);
            }
        } catch (OrtException e) {
            throw new EngineException(
                    "ONNX Runtime cannot load %s: %s".formatted(network.variant(), e.getMessage()), e);
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
        try (OnnxTensor input = tensor(environment, data);
                OnnxTensor output = tensor(environment, result)) {
            session.run(Map.of(Fcn.DATA, input), Map.of(outputLayer, output)).close();
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
        if (values.isDirect() && values.order() == ByteOrder.nativeOrder()) {
            return values;
        }
        ByteBuffer copy = ByteBuffer.allocateDirect(Math.multiplyExact(values.remaining(), Float.BYTES));
        return copy.order(ByteOrder.nativeOrder()).asFloatBuffer().put(values).flip();
    }

    private static byte[] bytes(ProtoMessage message) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(message.size());
        try {
            message.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return out.toByteArray();
    }
}
