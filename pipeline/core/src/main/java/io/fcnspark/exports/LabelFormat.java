package io.fcnspark.exports;

import java.io.Serializable;
import java.util.List;

/** A format of annotations; {@code LabelFormats} knows those that there are. */
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

    /** Whether a document lists names, one a line. */
    default boolean listsNames() {
        return false;
    }

    /** How the files are handed over. */
    default Packing packing() {
        return Packing.FOLDER;
    }
}
