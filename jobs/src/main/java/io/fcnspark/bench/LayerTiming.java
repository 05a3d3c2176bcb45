package io.fcnspark.bench;

/** Whether a benchmark times layers, too. */
public enum LayerTiming {
    OMIT,
    MEASURE
}
