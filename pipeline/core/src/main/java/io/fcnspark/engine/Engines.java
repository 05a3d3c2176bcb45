package io.fcnspark.engine;

import io.fcnspark.weights.ModelDescription;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Collectors;

/** The engines that are there, and the choice among them. */
public final class Engines {
    private static final List<Device> DEVICES = List.of(Device.gpu(0), Device.CPU);

    /** The more exact first; an engine reports a precision as unavailable where the processor would only emulate it. */
    private static final List<Precision> PRECISIONS = List.of(Precision.FP32, Precision.BF16);

    private static final List<Precision> PRECISIONS_OF_QUANTISED =
            List.of(Precision.FP32, Precision.BF16, Precision.INT8);

    /** A precision is passed over for a quicker one if it reaches less than this part of that one's speed. */
    private static final double AS_QUICK = 0.95;

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
     * Chooses what a request leaves open: the first GPU before the CPU, then the engine of the highest preference, then the
     * precision that is the quickest here, by the engine's own measurement, or fp32 if that is about as quick; fp16 only where it
     * is asked for, int8 only for models that are quantised.
     *
     * @param model what is to be computed
     * @throws IllegalArgumentException if the engine that is asked for does not exist
     * @throws io.fcnspark.weights.ModelException if int8 is asked for and the model is not quantised
     * @throws EngineException if nothing that fits the request can run here; the message says for each engine why
     */
    public EngineChoice choose(EngineRequest request, ModelDescription model) {
        return choose(request, model, DEVICES);
    }

    /**
     * As {@link #choose(EngineRequest, ModelDescription)}, among other devices.
     *
     * @param open devices to try where the request names none, the preferred first
     */
    public EngineChoice choose(EngineRequest request, ModelDescription model, List<Device> open) {
        List<EngineProvider> candidates =
                request.engine().map(name -> List.of(named(name))).orElse(providers);
        List<Device> devices = request.device().map(List::of).orElse(open);
        boolean quantised = model.quantisation().isPresent();
        if (request.precision().equals(Optional.of(Precision.INT8)) && !quantised) {
            throw Segmenter.notQuantised(model);
        }
        List<Precision> precisions =
                request.precision().map(List::of).orElse(quantised ? PRECISIONS_OF_QUANTISED : PRECISIONS);
        List<String> rejected = new ArrayList<>();
        for (Device device : devices) {
            for (EngineProvider engine : candidates) {
                Set<Precision> able = new LinkedHashSet<>();
                for (Precision precision : precisions) {
                    engine.unavailable(device, precision)
                            .ifPresentOrElse(
                                    obstacle -> rejected.add("%s on %s in %s: %s"
                                            .formatted(engine.name(), device, precision.id(), obstacle)),
                                    () -> able.add(precision));
                }
                if (!able.isEmpty()) {
                    return quickest(engine, device, able, model, rejected);
                }
            }
        }
        throw new EngineException("no engine can run here as asked. " + String.join("; ", rejected));
    }

    private static EngineChoice quickest(
            EngineProvider engine, Device device, Set<Precision> able, ModelDescription model, List<String> rejected) {
        Map<Precision, Double> speeds =
                able.size() == 1 ? Map.of() : engine.speeds(device, model.network(), Collections.unmodifiableSet(able));
        Precision first = able.iterator().next();
        if (speeds.isEmpty()) {
            return new EngineChoice(engine, device, first, reason(engine, device, first, "", rejected));
        }
        double best = Collections.max(speeds.values());
        Precision chosen = able.stream()
                .filter(precision -> speeds.get(precision) >= AS_QUICK * best)
                .findFirst()
                .orElseThrow();
        String measured = ", measured on one thread in layers like the network's: "
                + able.stream()
                        .map(precision -> "%s %.0f GFLOP/s%s"
                                .formatted(
                                        precision.id(),
                                        speeds.get(precision),
                                        precision == chosen
                                                ? ""
                                                : ", which %s is %.2f times as quick as"
                                                        .formatted(
                                                                chosen.id(),
                                                                speeds.get(chosen) / speeds.get(precision))))
                        .collect(Collectors.joining("; "));
        return new EngineChoice(engine, device, chosen, reason(engine, device, chosen, measured, rejected));
    }

    private static String reason(
            EngineProvider engine, Device device, Precision precision, String measured, List<String> rejected) {
        String chosen = "%s on %s in %s%s".formatted(engine.name(), device, precision.id(), measured);
        return rejected.isEmpty() ? chosen : chosen + " (not " + String.join("; not ", rejected) + ")";
    }
}
