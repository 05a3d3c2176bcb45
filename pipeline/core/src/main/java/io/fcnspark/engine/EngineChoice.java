package io.fcnspark.engine;

/**
 * An engine with the device and precision in which it will run.
 *
 * @param reason why it was chosen, in a line for people: which preferable choices were not possible, and why
 */
public record EngineChoice(EngineProvider engine, Device device, Precision precision, String reason) {}
