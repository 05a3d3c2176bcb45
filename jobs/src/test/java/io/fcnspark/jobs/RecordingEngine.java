package io.fcnspark.jobs;

import io.fcnspark.engine.Device;
import io.fcnspark.engine.EngineProvider;
import io.fcnspark.engine.FeatureMaps;
import io.fcnspark.engine.NetworkRunner;
import io.fcnspark.engine.Precision;
import io.fcnspark.engine.RunnerOptions;
import io.fcnspark.network.Fcn;
import io.fcnspark.weights.Weights;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An engine for GPUs only, which writes down what it is given: in the folder of the system property {@code fcn.recording}, a
 * file for each device, with a line for every load and every run, and in each how many tasks use the device at that time.
 */
public final class RecordingEngine implements EngineProvider {
    @Override
    public String name() {
        return "recording";
    }

    @Override
    public int preference() {
        return 0;
    }

    @Override
    public Optional<String> unavailable(Device device, Precision precision) {
        return device.kind() == Device.Kind.GPU && precision == Precision.FP32
                ? Optional.empty()
                : Optional.of("this engine takes GPUs only, in fp32");
    }

    @Override
    public NetworkRunner load(Fcn network, Weights weights, RunnerOptions options) {
        record(options.device(), "load");
        return new Runner(options.device(), new AtomicInteger());
    }

    private static void record(Device device, String line) {
        Path file = Path.of(System.getProperty("fcn.recording"))
                .resolve(device.toString().replace(":", ""));
        try {
            Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Runner(Device device, AtomicInteger users) implements NetworkRunner {
        @Override
        public void run(FeatureMaps data, FeatureMaps result) {
            int using = users.incrementAndGet();
            record(device, "run of %d images, users: %d".formatted(data.count(), using));
            try {
                // As long as the other task may take to begin.
                Thread.sleep(200);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            for (int i = 0; i < result.values().capacity(); i++) {
                result.values().put(i, 0);
            }
            users.decrementAndGet();
        }

        @Override
        public void close() {
            record(device, "close");
        }
    }
}
