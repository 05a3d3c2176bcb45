package io.fcnspark.spark.export;

import io.fcnspark.errors.BadInputException;
import io.fcnspark.errors.OutputException;
import io.fcnspark.errors.Setting;
import io.fcnspark.exports.ExportedImage;
import io.fcnspark.exports.ImageExport;
import io.fcnspark.exports.LabelFormat;
import io.fcnspark.image.ImageException;
import io.fcnspark.labelling.FileBytes;
import io.fcnspark.labels.MaskPng;
import io.fcnspark.spark.storage.HadoopPaths;
import java.io.IOException;
import java.util.List;
import org.apache.spark.sql.Row;

/** Exports image after image within a task. */
final class ImageExporter {
    private final LabelFormat format;
    private final ExportNames names;
    private final boolean copiesImages;
    private final FileBytes files;
    private final ExportFolder folder;

    /**
     * An exporter.
     *
     * @param copiesImages whether the output gets images, too
     * @param files gives the images that are to be copied
     */
    ImageExporter(LabelFormat format, ExportNames names, boolean copiesImages, FileBytes files, ExportFolder folder) {
        this.format = format;
        this.names = names;
        this.copiesImages = copiesImages;
        this.files = files;
        this.folder = folder;
    }

    /**
     * Writes what belongs to one image.
     *
     * @param row image, mask, mean confidence, model
     * @return the rest
     */
    ExportedParts export(Row row, long number) {
        String uri = row.getString(0);
        String name = names.of(uri);
        String copy = format.imageFolder() + "/" + name;
        ImageExport export;
        try {
            export = format.export(new ExportedImage(
                    number,
                    name,
                    copiesImages ? ImageReferences.ofCopy(copy) : ImageReferences.of(uri),
                    MaskPng.decode(row.getAs(1)),
                    row.getFloat(2),
                    row.getString(3)));
        } catch (ImageException e) {
            throw new BadInputException("the mask of %s cannot be read: %s".formatted(uri, e.getMessage()), e);
        }
        try {
            if (format.packing() == LabelFormat.Packing.FOLDER) {
                for (ImageExport.File file : export.files()) {
                    folder.write(file);
                }
                export = new ImageExport(List.of(), export.parts());
            }
            boolean missing = copiesImages && !copy(uri, copy);
            return new ExportedParts(export, missing);
        } catch (IOException e) {
            throw new OutputException(
                    new Setting("output"), "%s cannot be written: %s".formatted(folder, HadoopPaths.reason(e)), e);
        }
    }

    /** Copies an image; false if it is not there any more, or not to be read. */
    private boolean copy(String uri, String path) throws IOException {
        byte[] bytes;
        try {
            bytes = files.read(uri);
        } catch (IOException | ImageException e) {
            return false;
        }
        folder.write(new ImageExport.File(path, bytes));
        return true;
    }
}
