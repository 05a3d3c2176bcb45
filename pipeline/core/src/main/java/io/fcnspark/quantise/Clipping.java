package io.fcnspark.quantise;

import java.util.Locale;

/** How the greatest value that integers can hold is chosen, of values that a sample of images gave. Greater ones are clipped. */
public enum Clipping {
    /** None of them is clipped. */
    MAXIMUM,
    /** One in ten thousand is. */
    PERCENTILE,
    /** As many as make the sum of the squares of all errors, by clipping and by rounding, the least. */
    SQUARED_ERROR;

    /** The name in the provenance of a model. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
