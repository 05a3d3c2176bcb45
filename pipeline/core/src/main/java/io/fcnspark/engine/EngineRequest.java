package io.fcnspark.engine;

import java.util.Optional;

/**
 * What a user asks of engines; what is left open is chosen. For example {@code EngineRequest.AUTO.withDevice(Device.CPU)}.
 *
 * @param engine name of an engine
 */
public record EngineRequest(Optional<String> engine, Optional<Device> device, Optional<Precision> precision) {
    /** Leaves everything open. */
    public static final EngineRequest AUTO = new EngineRequest(Optional.empty(), Optional.empty(), Optional.empty());

    private static final String OPEN = "auto";

    /**
     * The request that three words express, each of which may be {@code auto}.
     *
     * @throws IllegalArgumentException for an unknown device or precision; whether the engine exists is not looked at
     */
    public static EngineRequest of(String engine, String device, String precision) {
        return new EngineRequest(
                unlessOpen(engine),
                unlessOpen(device).map(Device::of),
                unlessOpen(precision).map(Precision::of));
    }

    private static Optional<String> unlessOpen(String word) {
        return Optional.of(word).filter(value -> !value.equals(OPEN));
    }

    /** The same with an engine, for example {@code onnxruntime}; see {@link Engines#providers}. */
    public EngineRequest withEngine(String name) {
        return new EngineRequest(Optional.of(name), device, precision);
    }

    /** The same on a device. */
    public EngineRequest withDevice(Device on) {
        return new EngineRequest(engine, Optional.of(on), precision);
    }

    /** The same in a precision. */
    public EngineRequest withPrecision(Precision in) {
        return new EngineRequest(engine, device, Optional.of(in));
    }

    /** The engine as {@link #of} takes it. */
    public String engineWord() {
        return engine.orElse(OPEN);
    }

    /** The device as {@link #of} takes it. */
    public String deviceWord() {
        return device.map(Device::toString).orElse(OPEN);
    }

    /** The precision as {@link #of} takes it. */
    public String precisionWord() {
        return precision.map(Precision::id).orElse(OPEN);
    }
}
