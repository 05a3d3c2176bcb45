package io.fcnspark.exports;

import io.fcnspark.labels.LabelClass;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** The formats of annotations by their names. */
public final class LabelFormats {
    private static final Map<String, Function<List<LabelClass>, LabelFormat>> FORMATS =
            Collections.unmodifiableMap(new TreeMap<>(Map.of(
                    "coco-panoptic",
                    CocoPanoptic::new,
                    "coco-stuff",
                    CocoStuff::new,
                    "voc",
                    VocFolder::of,
                    "cvat",
                    classes -> new CvatZip(VocFolder.of(classes)),
                    "label-studio",
                    LabelStudio::of)));

    private LabelFormats() {}

    /** Names of the formats. */
    public static List<String> names() {
        return List.copyOf(FORMATS.keySet());
    }

    /**
     * A format by its name.
     *
     * @param classes of the masks, by ascending id; there may be gaps
     * @throws IllegalArgumentException for another name, or classes that the format cannot hold
     */
    public static LabelFormat of(String name, List<LabelClass> classes) {
        requireName(name);
        return FORMATS.get(name).apply(List.copyOf(classes));
    }

    /**
     * Requires the name of a format.
     *
     * @throws IllegalArgumentException for another one
     */
    public static void requireName(String name) {
        if (!FORMATS.containsKey(name)) {
            throw new IllegalArgumentException(
                    "unknown format '%s': expected one of %s".formatted(name, String.join(", ", names())));
        }
    }
}
