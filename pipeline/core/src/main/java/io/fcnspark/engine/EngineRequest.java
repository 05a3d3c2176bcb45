package io.fcnspark.engine;

import java.util.Optional;

/**
 * What a user asks of engines; what is left open is chosen.
 *
 * @param engine name of an engine
 */
public record EngineRequest(Optional<String> engine, Optional<Device> device, Optional<Precision> precision) {
    /** The word that leaves an option open. */
    public static final String AUTO = "auto";

    /**
     * The request that the options {@code --engine}, {@code --device} and {@code --precision} express, each of which may be
     * {@code auto}.
     *
     * @throws IllegalArgumentException for an unknown device or precision; whether the engine exists is not looked at
     */
    public static EngineRequest of(String engine, String device, String precision) {
        return new EngineRequest(
                unlessAuto(engine),
                unlessAuto(device).map(Device::of),
                unlessAuto(precision).map(Precision::of));
    }

    private static Optional<String> unlessAuto(String option) {
        return Optional.of(option).filter(value -> !value.equals(AUTO));
    }
}
