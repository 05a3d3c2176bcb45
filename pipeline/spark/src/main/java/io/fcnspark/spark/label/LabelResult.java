package io.fcnspark.spark.label;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fcnspark.metrics.SegmentationMetrics;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** What a run did. */
public interface LabelResult {
    /** The run; rows of an earlier, interrupted attempt under the same id count as its own. */
    String runId();

    /** Images that were listed. */
    long images();

    /** Images that the run gave a mask and no error. */
    long labelled();

    /** Images that the run rejected. */
    long rejected();

    /** Images that the run rejected, by error code. */
    Map<String, Long> rejectsByCode();

    /** Share of the run's images that it rejected or could not read, 0 … 1; 0 if there were none. */
    double rejectRate();

    /** Listed images that were done already when this attempt began, or are older than it was to look at. */
    long skipped();

    /** Images of this attempt that the storage did not give: they have no row, and the next run tries them again. */
    long unavailable();

    /** Files below the inputs that do not end like images, by their ending with its dot. */
    Map<String, Long> leftOutByEnding();

    /** Images that this attempt worked on. */
    long done();

    /** How long this attempt took, from the first listing to the last commit. */
    Duration duration();

    /** Images that this attempt worked on per second. */
    double imagesPerSecond();

    /** Identity of the model: its name, and the beginning of its weights' hash. */
    String model();

    /** Engine that computed. */
    String engine();

    /** Number format of the computation. */
    String precision();

    /** Where the masks are: URI of the table's folder, or the table's name. */
    String output();

    /** Metrics against truth, over the images of the run that have truth; empty if no truth was given. */
    Optional<SegmentationMetrics> metrics();

    /**
     * Milliseconds for each image that this attempt worked on, by the stage in which they were spent, in the order of stages;
     * stages of different images overlap. Empty if there was no image.
     */
    Map<String, Double> stages();

    /** When the first image of this attempt was labelled or rejected; empty if none was. */
    Optional<Instant> firstLabel();

    /** As JSON, without {@link #firstLabel}. */
    ObjectNode toJson();
}
