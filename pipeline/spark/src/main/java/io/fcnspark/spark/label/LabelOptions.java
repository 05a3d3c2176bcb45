package io.fcnspark.spark.label;

import io.fcnspark.engine.ConfidenceMap;
import io.fcnspark.engine.EngineRequest;
import io.fcnspark.labels.LabelConvention;
import io.fcnspark.spark.model.ChosenEngine;
import io.fcnspark.spark.storage.StorageUris;
import io.fcnspark.spark.tables.Rejected;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** What a run was asked to do; {@link LabelImages} says what each part means, checks it, and knows the defaults. */
record LabelOptions(
        List<String> inputs,
        String model,
        String output,
        Optional<String> truthRoot,
        Optional<LabelConvention> truthConvention,
        EngineRequest engine,
        OptionalInt batch,
        int waveImages,
        long maxPixels,
        double maxRejectRate,
        long tilePixels,
        ConfidenceMap confidenceMap,
        String runId,
        LocalDate runDate,
        Rejected rejected,
        Instant since) {
    /** A GPU is idle between runs of single images. */
    private static final int GPU_BATCH = 8;

    LabelOptions {
        inputs = List.copyOf(inputs);
        StorageUris.requireNoCredentials(inputs);
        StorageUris.requireNoCredentials(List.of(model, output, truthRoot.orElse("")));
    }

    /** Images per run of the network, at most. */
    int batchOn(ChosenEngine chosen) {
        return batch.orElse(chosen.onGpu() ? GPU_BATCH : 1);
    }

    /** What the table {@code runs} keeps of them, by the names that they have on the command line. */
    Map<String, String> byName(ChosenEngine chosen) {
        Map<String, String> options = new HashMap<>();
        options.put("input", String.join(" ", inputs));
        options.put("model", model);
        options.put("output", output);
        truthConvention.ifPresent(
                convention -> options.put("labels", convention.classes().name()));
        truthRoot.ifPresent(root -> options.put("truth", root));
        options.put("engine", engine.engineWord());
        options.put("device", engine.deviceWord());
        options.put("precision", engine.precisionWord());
        options.put("batch", Integer.toString(batchOn(chosen)));
        options.put("wave-images", Integer.toString(waveImages));
        options.put("max-pixels", Long.toString(maxPixels));
        options.put("tile-pixels", Long.toString(tilePixels));
        options.put("max-reject-rate", Double.toString(maxRejectRate));
        options.put("retry-rejected", Boolean.toString(rejected == Rejected.RETRY));
        options.put("confidence-map", Boolean.toString(confidenceMap == ConfidenceMap.WRITE));
        if (!since.equals(Instant.MIN)) {
            options.put("since", since.toString());
        }
        return options;
    }
}
