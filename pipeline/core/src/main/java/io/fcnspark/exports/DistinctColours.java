package io.fcnspark.exports;

import io.fcnspark.labels.LabelClass;
import io.fcnspark.labels.Palettes;
import java.util.List;

/** Colours for formats that tell classes apart by them, and in which black is the background. */
final class DistinctColours {
    static final String BACKGROUND = "background";

    private static final int BLACK = 0;

    private DistinctColours() {}

    /** The classes as they are if their colours will do, else all in those of the VOC colour map. */
    static List<LabelClass> of(List<LabelClass> classes) {
        boolean distinct = classes.stream().map(LabelClass::colour).distinct().count() == classes.size();
        boolean background =
                classes.stream().allMatch(c -> (c.colour() == BLACK) == c.name().equals(BACKGROUND));
        return distinct && background
                ? classes
                : classes.stream()
                        .map(c -> new LabelClass(c.id(), c.name(), colour(c)))
                        .toList();
    }

    /** The first colour of the map is black, so that the others are those of the next id. */
    private static int colour(LabelClass labelClass) {
        return labelClass.name().equals(BACKGROUND) ? BLACK : Palettes.voc(labelClass.id() + 1);
    }
}
