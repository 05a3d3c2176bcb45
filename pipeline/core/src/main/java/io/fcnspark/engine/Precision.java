package io.fcnspark.engine;

import java.util.Arrays;
import java.util.Locale;

/** Number format in which a network is computed. */
public enum Precision {
    FP32,
    BF16,
    FP16,
    /** Integers of 8 bits between layers, sums of 32; of models that are quantised. */
    INT8;

    /** The name in requests and tables, for example {@code bf16}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The precision of a name.
     *
     * @throws IllegalArgumentException for an unknown name
     */
    public static Precision of(String id) {
        return Arrays.stream(values())
                .filter(precision -> precision.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "unknown precision '" + id + "': expected one of fp32, bf16, fp16, int8"));
    }
}
