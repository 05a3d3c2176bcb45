package io.fcnspark.report;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What a run did.
 *
 * @param date of the run, UTC
 * @param id of the run
 * @param first when its first image was labelled
 * @param last when its last image was labelled
 * @param labelled rows with a mask
 * @param rejected rows with an error
 * @param meanConfidence mean over the labelled images; empty without any
 * @param imagesWithTruth images with a confusion matrix
 * @param meanIou of those; empty without any
 * @param models identities of the models, most often one
 * @param engines engine and precision, most often one
 */
public record RunFacts(
        LocalDate date,
        String id,
        Instant first,
        Instant last,
        long labelled,
        long rejected,
        OptionalDouble meanConfidence,
        long imagesWithTruth,
        OptionalDouble meanIou,
        List<String> models,
        List<String> engines) {
    public RunFacts {
        models = List.copyOf(models);
        engines = List.copyOf(engines);
    }
}
