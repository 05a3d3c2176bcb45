package io.fcnspark.spark.label;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fcnspark.metrics.SegmentationMetrics;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What a run did, in the order that its JSON has. */
record LabelReport(
        String runId,
        long images,
        long labelled,
        Map<String, Long> rejectsByCode,
        long skipped,
        long unavailable,
        Map<String, Long> leftOutByEnding,
        long done,
        Duration duration,
        String model,
        String engine,
        String precision,
        String output,
        Optional<SegmentationMetrics> metrics,
        Map<String, Double> stages,
        Optional<Instant> firstLabel)
        implements LabelResult {
    LabelReport {
        rejectsByCode = Collections.unmodifiableMap(new TreeMap<>(rejectsByCode));
        leftOutByEnding = Collections.unmodifiableMap(new TreeMap<>(leftOutByEnding));
        stages = Collections.unmodifiableMap(new LinkedHashMap<>(stages));
    }

    @Override
    public long rejected() {
        return rejectsByCode.values().stream().mapToLong(Long::longValue).sum();
    }

    @Override
    public double rejectRate() {
        long bad = rejected() + unavailable;
        long all = labelled + bad;
        return all == 0 ? 0 : (double) bad / all;
    }

    @Override
    public double imagesPerSecond() {
        return duration.isZero() ? 0 : done / (duration.toNanos() / 1e9);
    }

    @Override
    public ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("run_id", runId);
        json.put("images", images);
        json.put("labelled", labelled);
        json.put("rejected", rejected());
        rejectsByCode.forEach(json.putObject("rejects_by_code")::put);
        json.put("skipped", skipped);
        json.put("unavailable", unavailable);
        leftOutByEnding.forEach(json.putObject("left_out_by_ending")::put);
        json.put("seconds", duration.toMillis() / 1000.0);
        json.put("images_per_second", Math.round(imagesPerSecond() * 1000) / 1000.0);
        json.put("model", model);
        json.put("engine", engine);
        json.put("precision", precision);
        json.put("output", output);
        json.set("metrics", metrics.<ObjectNode>map(SegmentationMetrics::toJson).orElse(null));
        ObjectNode milliseconds = json.putObject("stages");
        stages.forEach((stage, value) -> milliseconds.put(stage, Math.round(value * 1000) / 1000.0));
        return json;
    }
}
