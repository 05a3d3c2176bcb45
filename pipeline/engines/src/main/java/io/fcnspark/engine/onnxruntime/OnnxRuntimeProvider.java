package io.fcnspark.engine.onnxruntime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtProvider;
import io.fcnspark.engine.Device;
import io.fcnspark.engine.EngineProvider;
import io.fcnspark.engine.NetworkRunner;
import io.fcnspark.engine.Precision;
import io.fcnspark.engine.RunnerOptions;
import io.fcnspark.network.Fcn;
import io.fcnspark.weights.Weights;
import java.util.Optional;
import java.util.Set;

/** The engine {@code onnxruntime}: Microsoft's ONNX Runtime, in fp32. */
public final class OnnxRuntimeProvider implements EngineProvider {
    @Override
    public String name() {
        return "onnxruntime";
    }

    @Override
    public int preference() {
        return 50;
    }

    @Override
    public Optional<String> unavailable(Device device, Precision precision) {
        if (precision != Precision.FP32) {
            return Optional.of("this engine computes in fp32 only; use the precision fp32");
        }
        Set<OrtProvider> providers;
        try {
            providers = OrtEnvironment.getAvailableProviders();
        } catch (LinkageError e) {
            return Optional.of("the native library of ONNX Runtime for %s on %s does not load (%s); it needs glibc"
                    .formatted(System.getProperty("os.name"), System.getProperty("os.arch"), e.getMessage()));
        }
        if (device.kind() == Device.Kind.GPU && !providers.contains(OrtProvider.CUDA)) {
            return Optional.of(
                    ("this build of ONNX Runtime has no CUDA execution provider (it has %s); use the device cpu, or build"
                                    + " with mvn -Pgpu, which takes onnxruntime_gpu instead")
                            .formatted(providers));
        }
        if (device.kind() == Device.Kind.GPU) {
            return CudaProbe.obstacle(device.index())
                    .map(reason ->
                            "ONNX Runtime cannot use %s: %s; it needs a GPU of NVIDIA, its driver, CUDA 12 and cuDNN 9"
                                    .formatted(device, reason.strip()));
        }
        return Optional.empty();
    }

    @Override
    public NetworkRunner load(Fcn network, Weights weights, RunnerOptions options) {
        return OnnxRuntimeRunner.load(network, weights, options);
    }
}
