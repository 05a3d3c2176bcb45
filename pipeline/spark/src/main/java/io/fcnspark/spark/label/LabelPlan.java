package io.fcnspark.spark.label;

/** What a run would do. */
public interface LabelPlan {
    /** Images that are listed. */
    long images();

    /** Those of them that would be labelled; the others are done, or were to be left out. */
    long toLabel();

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
