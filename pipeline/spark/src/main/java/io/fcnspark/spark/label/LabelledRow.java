package io.fcnspark.spark.label;

import io.fcnspark.engine.EncodedSegmentation;
import io.fcnspark.image.ImageException;
import io.fcnspark.labelling.LabelledImage;
import io.fcnspark.labels.ClassSet;
import io.fcnspark.spark.tables.ConfusionColumn;
import java.sql.Date;
import java.sql.Timestamp;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** A result as a row of the table {@code masks}, in the order of {@link io.fcnspark.spark.tables.MasksSchema#SCHEMA}. */
final class LabelledRow {
    private LabelledRow() {}

    static Row of(LabelledImage labelled, ClassSet classes, RunColumns run) {
        EncodedSegmentation segmentation = labelled.segmentation();
        boolean decoded = segmentation != null;
        return RowFactory.create(
                labelled.file().uri(),
                labelled.file().modified(),
                labelled.file().bytes(),
                decoded ? segmentation.height() : null,
                decoded ? segmentation.width() : null,
                decoded ? segmentation.mask() : null,
                decoded ? classRows(segmentation, classes) : null,
                decoded ? segmentation.meanConfidence() : null,
                decoded ? segmentation.meanEntropy() : null,
                decoded ? segmentation.confidence().orElse(null) : null,
                labelled.confusion() == null ? null : ConfusionColumn.write(labelled.confusion()),
                errorRow(labelled.error()),
                run.model(),
                run.engine(),
                run.precision(),
                run.runId(),
                Date.valueOf(run.runDate()),
                Timestamp.from(labelled.at()));
    }

    private static Row[] classRows(EncodedSegmentation segmentation, ClassSet classes) {
        return segmentation.classes().stream()
                .map(c ->
                        RowFactory.create(c.id(), classes.classes().get(c.id()).name(), c.pixels(), c.meanConfidence()))
                .toArray(Row[]::new);
    }

    private static Row errorRow(ImageException error) {
        return error == null ? null : RowFactory.create(error.code().id(), error.getMessage());
    }
}
