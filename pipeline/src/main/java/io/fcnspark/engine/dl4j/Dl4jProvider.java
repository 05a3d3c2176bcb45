package io.fcnspark.engine.dl4j;

import io.fcnspark.engine.Device;
import io.fcnspark.engine.EngineProvider;
import io.fcnspark.engine.NetworkRunner;
import io.fcnspark.engine.Precision;
import io.fcnspark.engine.RunnerOptions;
import io.fcnspark.network.Fcn;
import io.fcnspark.weights.Weights;
import java.util.Optional;

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
            return Optional.of(
                    "dl4j runs on the CPU only, not on %s: choose device cpu or another engine".formatted(device));
        }
        if (precision != Precision.FP32) {
            return Optional.of("dl4j computes in fp32 only, not in %s: choose precision fp32 or another engine"
                    .formatted(precision.id()));
        }
        return Optional.empty();
    }

    @Override
    public NetworkRunner load(Fcn network, Weights weights, RunnerOptions options) {
        unavailable(options.device(), options.precision()).ifPresent(reason -> {
            throw new IllegalArgumentException(reason);
        });
        return new Dl4jRunner(network, weights, options);
    }
}
