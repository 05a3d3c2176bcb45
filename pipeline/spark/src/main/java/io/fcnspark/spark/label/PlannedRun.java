package io.fcnspark.spark.label;

/** What a run would do. */
record PlannedRun(
        long images,
        long toLabel,
        long waves,
        int tasksPerWave,
        String model,
        String engine,
        String device,
        String precision,
        String reason,
        String output)
        implements LabelPlan {}
