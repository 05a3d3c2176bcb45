package io.fcnspark.engine;

import java.util.Locale;

/** Number format in which a network is computed. */
public enum Precision {
    FP32,
    BF16,
    FP16;

    /** The name in {@code --precision} and in tables. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
