package io.fcnspark.engine.dl4j;

import io.fcnspark.engine.Device;
import io.fcnspark.engine.EngineException;
import io.fcnspark.engine.EngineProvider;
import io.fcnspark.engine.NetworkRunner;
import io.fcnspark.engine.Precision;
import io.fcnspark.engine.RunnerOptions;
import io.fcnspark.network.Fcn;
import io.fcnspark.weights.Weights;
import java.util.Optional;
import org.nd4j.linalg.factory.Nd4j;

/** The engine {@code dl4j}: any CPU that ND4J has natives for, in fp32. */
public final class Dl4jProvider implements EngineProvider {
    @Override
    public String name() {
        return "dl4j";
    }

    @Override
    public int preference() {
        return 10;
    }

    @Override
    public Optional<String> unavailable(Device device, Precision precision) {
        if (device.kind() != Device.Kind.CPU) {
            return Optional.of("this engine runs on the CPU only; use the device cpu");
        }
        if (precision != Precision.FP32) {
            return Optional.of("this engine computes in fp32 only; use the precision fp32");
        }
        try {
            Nd4j.getBackend();
        } catch (LinkageError e) {
            return Optional.of(
                    ("the native library of ND4J for %s on %s does not load (%s); it needs nd4j-native with the classifier of"
                                    + " this platform, and room to unpack it under ~/.javacpp or the folder that"
                                    + " -Dorg.bytedeco.javacpp.cachedir names")
                            .formatted(System.getProperty("os.name"), System.getProperty("os.arch"), e));
        }
        return Optional.empty();
    }

    @Override
    public NetworkRunner load(Fcn network, Weights weights, RunnerOptions options) {
        unavailable(options.device(), options.precision()).ifPresent(reason -> {
            throw new EngineException("engine %s: %s".formatted(name(), reason));
        });
        return new Dl4jRunner(network, weights, options);
    }
}
