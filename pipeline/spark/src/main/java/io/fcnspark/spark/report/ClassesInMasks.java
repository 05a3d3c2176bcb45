package io.fcnspark.spark.report;

import io.fcnspark.errors.BadInputException;
import io.fcnspark.labels.ClassSet;
import io.fcnspark.labels.LabelClass;
import io.fcnspark.labels.Mask;
import io.fcnspark.labels.Palettes;
import io.fcnspark.report.PredictedClass;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The classes that a table of masks tells of.
 *
 * @param predicted those that occur in masks
 * @param names of those, by id, as the table has them
 * @param maxClassId the largest id in masks and truth; -1 without any
 */
record ClassesInMasks(List<PredictedClass> predicted, Map<Integer, String> names, int maxClassId) {
    /**
     * What the ids mean.
     *
     * @param given by the user; else names are the table's own
     * @param masks where the table is, for messages
     * @throws BadInputException if masks have a class that the given ones do not
     */
    ClassSet named(Optional<ClassSet> given, String masks) {
        given.filter(classes -> classes.size() <= maxClassId).ifPresent(classes -> {
            throw new BadInputException(
                    "%s has masks of class %d%s, but the labels '%s' end at class %d: give those that the model was trained with"
                            .formatted(
                                    masks,
                                    maxClassId,
                                    names.containsKey(maxClassId) ? ", '" + names.get(maxClassId) + "'" : "",
                                    classes.name(),
                                    classes.size() - 1));
        });
        return given.orElseGet(this::ofTable);
    }

    private ClassSet ofTable() {
        List<LabelClass> classes = new ArrayList<>();
        Set<String> taken = new HashSet<>();
        for (int id = 0; id <= Math.max(0, maxClassId); id++) {
            String name = names.getOrDefault(id, "class " + id);
            // Of two models, one may have a name for another class.
            classes.add(new LabelClass(id, taken.add(name) ? name : "%s (%d)".formatted(name, id), Palettes.voc(id)));
        }
        return new ClassSet("masks", classes, Mask.IGNORE);
    }
}
