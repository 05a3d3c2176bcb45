package io.fcnspark.report;

import io.fcnspark.metrics.ConfusionMatrix;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A labelled image that is shown.
 *
 * @param image URI
 * @param height in pixels
 * @param width in pixels
 * @param model identity of the model
 * @param runDate day of the run
 * @param runId the run
 * @param meanConfidence 0 … 1
 * @param meanEntropy in nats
 * @param pixelsByClass pixels of each class in the mask
 * @param confusion with the truth; empty without
 * @param ranks place in each gallery that shows it, from 0
 * @param pictures to look at; empty if the mask cannot be read
 * @param problems why a picture is missing
 */
public record GalleryImage(
        String image,
        int height,
        int width,
        String model,
        LocalDate runDate,
        String runId,
        double meanConfidence,
        double meanEntropy,
        Map<Integer, Long> pixelsByClass,
        Optional<ConfusionMatrix> confusion,
        Map<Gallery, Integer> ranks,
        Optional<Pictures> pictures,
        List<String> problems) {
    public GalleryImage {
        pixelsByClass = Map.copyOf(pixelsByClass);
        ranks = Map.copyOf(ranks);
        problems = List.copyOf(problems);
    }
}
