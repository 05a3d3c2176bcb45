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

/**
 * What a run did.
 *
 * @param runId the run; rows of an earlier, interrupted attempt under the same id count as its own
 * @param images images that were listed
 * @param labelled images that the run gave a mask and no error
 * @param rejectsByCode images that the run rejected, by error code
 * @param skipped listed images that were done already when this attempt began, or are older than it was to look at
 * @param unavailable images of this attempt that the storage did not give: they have no row, and the next run tries them again
 * @param leftOutByEnding files below the inputs that do not end like images, by their ending with its dot
 * @param done images that this attempt worked on
 * @param duration of this attempt, from the first listing to the last commit
 * @param model identity of the model
 * @param engine engine that computed
 * @param precision number format of the computation
 * @param output where the masks are
 * @param metrics against truth, over the images of the run that have truth; empty if no truth was given
 * @param stages milliseconds for each image that this attempt worked on, by the stage in which they were spent, in the order of
 *     stages; stages of different images overlap. Empty if there was no image
 * @param firstLabel when the first image of this attempt was labelled or rejected; empty if none was
 */
public record LabelReport(
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
        Optional<Instant> firstLabel) {
    public LabelReport {
        rejectsByCode = Collections.unmodifiableMap(new TreeMap<>(rejectsByCode));
        leftOutByEnding = Collections.unmodifiableMap(new TreeMap<>(leftOutByEnding));
        stages = Collections.unmodifiableMap(new LinkedHashMap<>(stages));
    }

    /** Images that the run rejected. */
    public long rejected() {
        return rejectsByCode.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Share of the run's images that it rejected or could not read, 0 … 1; 0 if there were none. */
    public double rejectRate() {
        long bad = rejected() + unavailable;
        long all = labelled + bad;
        return all == 0 ? 0 : (double) bad / all;
    }

    /** Images that this attempt worked on per second. */
    public double imagesPerSecond() {
        return duration.isZero() ? 0 : done / (duration.toNanos() / 1e9);
    }

    /** The run as JSON, in the order of the components; {@code firstLabel} is left out. */
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
