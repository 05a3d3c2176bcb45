package io.fcnspark.spark.label;

import java.util.Map;

/**
 * What a run would do.
 *
 * @param images images that are listed
 * @param toLabel those of them that would be labelled; the others are done, or were to be left out
 * @param leftOutByEnding files below the inputs that do not end like images, by their ending with its dot
 * @param waves commits
 * @param tasksPerWave Spark tasks that a wave is split into
 * @param model identity of the model
 * @param engine engine that would compute
 * @param device on which
 * @param precision number format of the computation
 * @param reason why this engine
 * @param output where the masks would be
 */
public record LabelPlan(
        long images,
        long toLabel,
        Map<String, Long> leftOutByEnding,
        long waves,
        int tasksPerWave,
        String model,
        String engine,
        String device,
        String precision,
        String reason,
        String output) {}
