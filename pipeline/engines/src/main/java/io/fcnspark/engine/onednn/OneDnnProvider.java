package io.fcnspark.engine.onednn;

import io.fcnspark.engine.Device;
import io.fcnspark.engine.EngineException;
import io.fcnspark.engine.EngineProvider;
import io.fcnspark.engine.NetworkRunner;
import io.fcnspark.engine.Precision;
import io.fcnspark.engine.RunnerOptions;
import io.fcnspark.network.Fcn;
import io.fcnspark.weights.Weights;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.bytedeco.javacpp.Loader;

/**
 * The engine {@code onednn}: x86-64 processors under Linux, in fp32, and in bf16 and int8 where the processor has instructions
 * for it.
 * It comes before all others on processors with AVX-512, and after ONNX Runtime, which is quicker there, on those without.
 */
public final class OneDnnProvider implements EngineProvider {
    private static final int BEFORE_ONNX_RUNTIME = 60;
    private static final int AFTER_ONNX_RUNTIME = 40;

    @Override
    public String name() {
        return "onednn";
    }

    @Override
    public int preference() {
        return loads().isEmpty() && OneDnn.library().hasAvx512() ? BEFORE_ONNX_RUNTIME : AFTER_ONNX_RUNTIME;
    }

    @Override
    public Optional<String> unavailable(Device device, Precision precision) {
        if (device.kind() != Device.Kind.CPU) {
            return Optional.of("this engine runs on the CPU only; use the device cpu");
        }
        if (precision == Precision.FP16) {
            return Optional.of("this engine computes in fp32, bf16 and int8 only; leave the precision open");
        }
        return loads().or(() -> {
            if (precision == Precision.BF16 && !OneDnn.library().hasBf16()) {
                return Optional.of("this processor has neither AMX nor AVX-512 BF16; use the precision fp32");
            }
            return precision == Precision.INT8 && !OneDnn.library().hasVnni()
                    ? Optional.of("this processor has neither AMX nor VNNI; use the precision fp32")
                    : Optional.empty();
        });
    }

    /** Why the library is not there, found out once. */
    private static Optional<String> loads() {
        return Obstacle.OBSTACLE;
    }

    private static final class Obstacle {
        private static final Optional<String> OBSTACLE = obstacle();
    }

    private static Optional<String> obstacle() {
        String platform = Loader.getPlatform();
        if (!platform.equals("linux-x86_64")) {
            return Optional.of("this engine runs on linux-x86_64 only, not on " + platform);
        }
        try {
            Optional<String> failure = Trial.of(TrialRun.class);
            if (failure.isEmpty()) {
                OneDnn.library();
            }
            return failure;
        } catch (LinkageError e) {
            return Optional.of(
                    ("the native library of oneDNN does not load (%s); it needs glibc, and room to unpack 94 MB under"
                                    + " ~/.javacpp or the folder that -Dorg.bytedeco.javacpp.cachedir names")
                            .formatted(e));
        }
    }

    @Override
    public NetworkRunner load(Fcn network, Weights weights, RunnerOptions options) {
        unavailable(options.device(), options.precision()).ifPresent(reason -> {
            throw new EngineException("engine %s: %s".formatted(name(), reason));
        });
        return new OneDnnRunner(network, weights, options);
    }

    @Override
    public Map<Precision, Double> speeds(Device device, Fcn network, Set<Precision> precisions) {
        String subject = "%s; width %s"
                .formatted(OneDnn.library().identity(), network.backbone().width());
        return KeptSpeeds.ofUser().of(subject, precisions, () -> SpeedTrial.gflops(network, precisions));
    }

    @Override
    public OptionalDouble peakGflops(Precision precision, int threads) {
        return unavailable(Device.CPU, precision).isPresent()
                ? OptionalDouble.empty()
                : OptionalDouble.of(Peak.gflops(precision, threads));
    }
}
