package io.fcnspark.engine.onnxruntime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.fcnspark.onnx.Onnx;
import io.fcnspark.onnx.OnnxDocumentation;
import io.fcnspark.onnx.ProtoMessage;
import java.util.List;
import java.util.Optional;

/** Finds out whether ONNX Runtime can use a GPU by using it: a build with CUDA also runs where there is none. */
final class CudaProbe {
    private CudaProbe() {}

    /** What ONNX Runtime says when it is to run a graph of one node on that GPU; empty if it can. */
    static Optional<String> obstacle(int device) {
        ProtoMessage graph = new ProtoMessage()
                .message(1, Onnx.node("Relu", "y", List.of("x"), List.of()))
                .string(2, "probe")
                .message(11, Onnx.value("x", List.of(1), ""))
                .message(12, Onnx.value("y", List.of(1), ""));
        try (SessionOptions options = new SessionOptions()) {
            OrtEnvironment environment = OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
            options.addCUDA(device);
            environment
                    .createSession(Onnx.model(graph, OnnxDocumentation.NONE).toBytes(), options)
                    .close();
            return Optional.empty();
        } catch (OrtException e) {
            return Optional.of(e.getMessage());
        }
    }
}
