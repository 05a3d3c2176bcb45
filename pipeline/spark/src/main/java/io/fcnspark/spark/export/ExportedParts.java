package io.fcnspark.spark.export;

import io.fcnspark.exports.ImageExport;
import java.io.Serializable;

/**
 * What an image adds to the documents, and the files that are not written yet.
 *
 * @param isImageMissing whether the image should have been copied and could not be
 */
record ExportedParts(ImageExport export, boolean isImageMissing) implements Serializable {}
