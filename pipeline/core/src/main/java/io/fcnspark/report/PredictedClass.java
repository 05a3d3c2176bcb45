package io.fcnspark.report;

/**
 * A class in the masks.
 *
 * @param id class id
 * @param images whose mask has it
 * @param pixels of all masks that have it
 * @param meanConfidence over those pixels, 0 … 1
 */
public record PredictedClass(int id, long images, long pixels, double meanConfidence) {}
