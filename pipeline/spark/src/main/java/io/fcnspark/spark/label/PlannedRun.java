package io.fcnspark.spark.label;

import java.util.Map;

/** What a run would do. */
record PlannedRun(
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
        String output)
        implements LabelPlan {}
