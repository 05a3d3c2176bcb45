package io.fcnspark.engine.onednn;

import io.fcnspark.engine.Device;
import io.fcnspark.engine.EngineException;
import io.fcnspark.engine.EngineProvider;
import io.fcnspark.engine.NetworkRunner;
import io.fcnspark.engine.Precision;
import io.fcnspark.engine.RunnerOptions;
import io.fcnspark.network.Fcn;
import io.fcnspark.weights.Weights;
import java.util.Optional;
import java.util.OptionalDouble;

/** The engine {@code onednn}: CPUs, in fp32, and in bf16 where the processor computes with it. */
public final class OneDnnProvider implements EngineProvider {
    @Override
    public String name() {
        return "onednn";
    }

    @Override
    public int preference() {
        return 60;
    }

    @Override
    public Optional<String> unavailable(Device device, Precision precision) {
        if (device.kind() != Device.Kind.CPU) {
            return Optional.of("this engine runs on the CPU only; use --device cpu");
        }
        if (precision == Precision.FP16) {
            return Optional.of("this engine computes in fp32 and bf16; use --precision auto");
        }
        try {
            OneDnn library = OneDnn.library();
            if (precision == Precision.BF16 && !library.hasBf16()) {
                return Optional.of("this processor has neither AMX nor AVX-512 BF16; use --precision fp32");
            }
        } catch (LinkageError e) {
            return Optional.of(
                    ("the native library of oneDNN for %s on %s does not load (%s); it needs dnnl and opencl with the"
                                    + " classifier of this platform, and room to unpack 94 MB under ~/.javacpp or the folder"
                                    + " that -Dorg.bytedeco.javacpp.cachedir names")
                            .formatted(System.getProperty("os.name"), System.getProperty("os.arch"), e));
        }
        return Optional.empty();
    }

    @Override
    public NetworkRunner load(Fcn network, Weights weights, RunnerOptions options) {
        unavailable(options.device(), options.precision()).ifPresent(reason -> {
            throw new EngineException("engine %s: %s".formatted(name(), reason));
        });
        return new OneDnnRunner(network, weights, options);
    }

    @Override
    public OptionalDouble peakGflops(Precision precision, int threads) {
        return unavailable(Device.CPU, precision).isPresent()
                ? OptionalDouble.empty()
                : OptionalDouble.of(Peak.gflops(precision, threads));
    }
}
