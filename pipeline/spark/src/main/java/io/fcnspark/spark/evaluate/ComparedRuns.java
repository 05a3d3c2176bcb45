package io.fcnspark.spark.evaluate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fcnspark.metrics.MetricsComparison;
import java.util.List;

/**
 * How masks differ from others of the same images.
 *
 * @param against where the other masks are
 * @param comparison over the images that were compared with their truth in both
 * @param onlyInMasks images without a counterpart among the others
 * @param someOnlyInMasks the first of those, by name
 * @param onlyInAgainst images that only the others have
 * @param someOnlyInAgainst the first of those, by name
 */
public record ComparedRuns(
        String against,
        MetricsComparison comparison,
        long onlyInMasks,
        List<String> someOnlyInMasks,
        long onlyInAgainst,
        List<String> someOnlyInAgainst) {
    public ComparedRuns {
        someOnlyInMasks = List.copyOf(someOnlyInMasks);
        someOnlyInAgainst = List.copyOf(someOnlyInAgainst);
    }

    ObjectNode toJson() {
        ObjectNode json = comparison.toJson();
        json.put("against", against);
        json.put("only_in_masks", onlyInMasks);
        someOnlyInMasks.forEach(json.putArray("only_in_masks_examples")::add);
        json.put("only_in_against", onlyInAgainst);
        someOnlyInAgainst.forEach(json.putArray("only_in_against_examples")::add);
        return json;
    }
}
