package io.fcnspark.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** The engines that are there, and the choice among them. */
public final class Engines {
    private static final List<Device> DEVICES = List.of(Device.gpu(0), Device.CPU);

    /** An engine reports a precision as unavailable where the processor would only emulate it, so the first is the quickest. */
    private static final List<Precision> PRECISIONS = List.of(Precision.BF16, Precision.FP32);

    private final List<EngineProvider> providers;

    Engines(List<EngineProvider> providers) {
        this.providers = providers.stream()
                .sorted(Comparator.comparingInt(EngineProvider::preference)
                        .reversed()
                        .thenComparing(EngineProvider::name))
                .toList();
    }

    /** The engines on the class path. */
    public static Engines installed() {
        return new Engines(ServiceLoader.load(EngineProvider.class, Engines.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get)
                .toList());
    }

    /** All engines, the preferred first. */
    public List<EngineProvider> providers() {
        return providers;
    }

    /**
     * The engine of a name.
     *
     * @throws IllegalArgumentException if there is none; the message lists those that there are
     */
    public EngineProvider named(String name) {
        return providers.stream()
                .filter(provider -> provider.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown engine '%s': installed are %s"
                        .formatted(
                                name,
                                providers.stream().map(EngineProvider::name).collect(Collectors.joining(", ")))));
    }

    /**
     * Chooses what a request leaves open: the first GPU before the CPU, then the engine of the highest preference, then bf16
     * before fp32; fp16 only where it is asked for.
     *
     * @throws IllegalArgumentException if the engine that is asked for does not exist
     * @throws EngineException if nothing that fits the request can run here; the message says for each engine why
     */
    public EngineChoice choose(EngineRequest request) {
        return choose(request, DEVICES);
    }

    /**
     * As {@link #choose(EngineRequest)}, among other devices.
     *
     * @param open devices to try where the request names none, the preferred first
     */
    public EngineChoice choose(EngineRequest request, List<Device> open) {
        List<EngineProvider> candidates =
                request.engine().map(name -> List.of(named(name))).orElse(providers);
        List<Device> devices = request.device().map(List::of).orElse(open);
        List<Precision> precisions = request.precision().map(List::of).orElse(PRECISIONS);
        List<String> rejected = new ArrayList<>();
        for (Device device : devices) {
            for (EngineProvider engine : candidates) {
                for (Precision precision : precisions) {
                    Optional<String> obstacle = engine.unavailable(device, precision);
                    if (obstacle.isEmpty()) {
                        return new EngineChoice(engine, device, precision, reason(engine, device, precision, rejected));
                    }
                    rejected.add("%s on %s in %s: %s".formatted(engine.name(), device, precision.id(), obstacle.get()));
                }
            }
        }
        throw new EngineException("no engine can run here as asked. " + String.join("; ", rejected));
    }

    private static String reason(EngineProvider engine, Device device, Precision precision, List<String> rejected) {
        String chosen = "%s on %s in %s".formatted(engine.name(), device, precision.id());
        return rejected.isEmpty() ? chosen : chosen + " (not " + String.join("; not ", rejected) + ")";
    }
}
