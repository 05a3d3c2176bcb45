package io.fcnspark.spark.label;

import java.util.Map;

/** What a run would do. */
public interface LabelPlan {
    /** Images that are listed. */
    long images();

    /** Those of them that would be labelled; the others are done, or were to be left out. */
    long toLabel();

    /** Files below the inputs that do not end like images, by their ending with its dot. */
    Map<String, Long> leftOutByEnding();

    /** Commits. */
    long waves();

    /** Spark tasks that a wave is split into. */
    int tasksPerWave();

    /** Identity of the model. */
    String model();

    /** Engine that would compute. */
    String engine();

    /** On which device. */
    String device();

    /** Number format of the computation. */
    String precision();

    /** Why this engine. */
    String reason();

    /** Where the masks would be. */
    String output();
}
