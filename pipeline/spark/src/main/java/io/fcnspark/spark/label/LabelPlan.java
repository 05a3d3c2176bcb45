package io.fcnspark.spark.label;

/** What a run would do. */
record LabelPlan(
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
        implements LabelImages.Plan {}
