package io.fcnspark.report;

/**
 * Images that were rejected for the same reason.
 *
 * @param code of the reason
 * @param images number of them
 * @param exampleImage URI of the first by name
 * @param exampleMessage what was wrong with that one
 */
public record Rejects(String code, long images, String exampleImage, String exampleMessage) {}
