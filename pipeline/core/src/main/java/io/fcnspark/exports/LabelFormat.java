package io.fcnspark.exports;

import io.fcnspark.labels.LabelClass;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** A format of annotations. */
public interface LabelFormat extends Serializable {
    /** How the files of an export are handed over. */
    enum Packing {
        /** One by one in the output folder. */
        FOLDER,
        /** In one zip file. */
        ZIP
    }

    /** What an image gives. */
    ImageExport export(ExportedImage image);

    /** The documents over all images. */
    List<Document> documents();

    /** Folder, below that of the export, of images that are copied. */
    default String imageFolder() {
        return "images";
    }

    /** Whether documents say where images are, and not their names alone. */
    default boolean refersToImages() {
        return false;
    }

    /** How the files are handed over. */
    default Packing packing() {
        return Packing.FOLDER;
    }

    /** Names of the formats. */
    static List<String> names() {
        return List.copyOf(formats().keySet());
    }

    /**
     * A format by its name.
     *
     * @param classes of the masks, by ascending id; there may be gaps
     * @throws IllegalArgumentException for another name, or classes that the format cannot hold
     */
    static LabelFormat of(String name, List<LabelClass> classes) {
        requireName(name);
        return formats().get(name).apply(List.copyOf(classes));
    }

    /**
     * Requires the name of a format.
     *
     * @throws IllegalArgumentException for another one
     */
    static void requireName(String name) {
        if (!formats().containsKey(name)) {
            throw new IllegalArgumentException(
                    "unknown format '%s': expected one of %s".formatted(name, String.join(", ", names())));
        }
    }

    private static Map<String, Function<List<LabelClass>, LabelFormat>> formats() {
        return new TreeMap<>(Map.of(
                "coco-panoptic",
                CocoPanoptic::new,
                "coco-stuff",
                CocoStuff::new,
                "voc",
                VocFolder::of,
                "cvat",
                classes -> new CvatZip(VocFolder.of(classes)),
                "label-studio",
                LabelStudio::of));
    }
}
