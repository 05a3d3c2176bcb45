package io.fcnspark.report;

import io.fcnspark.labels.ClassSet;
import io.fcnspark.metrics.Evaluation;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * All that a report shows.
 *
 * @param source where the masks are
 * @param where condition that chose the rows; empty for all of them
 * @param createdAt when the rows were read
 * @param classes what class ids mean
 * @param totals of all rows
 * @param evaluation of the images with truth; empty if none has
 * @param predicted the classes that occur in masks
 * @param runs the last ones, by date and time
 * @param olderRuns how many more there are
 * @param rejects by their number, the most first
 * @param images to look at
 */
public record ReportData(
        String source,
        Optional<String> where,
        Instant createdAt,
        ClassSet classes,
        Totals totals,
        Optional<Evaluation> evaluation,
        List<PredictedClass> predicted,
        List<RunFacts> runs,
        long olderRuns,
        List<Rejects> rejects,
        List<GalleryImage> images) {
    public ReportData {
        predicted = List.copyOf(predicted);
        runs = List.copyOf(runs);
        rejects = List.copyOf(rejects);
        images = List.copyOf(images);
    }
}
