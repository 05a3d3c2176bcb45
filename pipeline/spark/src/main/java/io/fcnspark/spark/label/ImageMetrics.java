package io.fcnspark.spark.label;

import io.fcnspark.labels.ClassSet;
import io.fcnspark.metrics.MetricsState;
import io.fcnspark.metrics.SegmentationMetrics;
import io.fcnspark.spark.tables.ConfusionColumn;
import io.fcnspark.spark.tables.MasksSchema;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/** Metrics over rows of the table {@code masks}, from their column {@code confusion}: no mask is decoded. */
final class ImageMetrics {
    private ImageMetrics() {}

    /** Metrics over the rows that have a confusion matrix. */
    static SegmentationMetrics of(Dataset<Row> rows, ClassSet classes) {
        int numClasses = classes.size();
        MetricsState state = rows.filter(functions.col(MasksSchema.CONFUSION).isNotNull())
                .select(MasksSchema.CONFUSION, MasksSchema.HEIGHT, MasksSchema.WIDTH)
                .javaRDD()
                .treeAggregate(
                        MetricsState.zero(numClasses),
                        (sum, row) -> sum.plus(MetricsState.ofImage(ConfusionColumn.read(
                                numClasses, row.getList(0), (long) row.getInt(1) * row.getInt(2)))),
                        MetricsState::plus);
        return SegmentationMetrics.of(state, classes);
    }
}
