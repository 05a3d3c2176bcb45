package io.fcnspark.spark.evaluate;

import io.fcnspark.image.ImageException;
import io.fcnspark.image.ImageException.Code;
import io.fcnspark.labelling.FileBytes;
import io.fcnspark.labelling.MappedIterator;
import io.fcnspark.labels.LabelConvention;
import io.fcnspark.labels.LabelConventions;
import io.fcnspark.spark.evaluate.MaskEvaluator.Comparison;
import io.fcnspark.spark.listing.ListedRows;
import io.fcnspark.spark.storage.HadoopFileBytes;
import io.fcnspark.spark.tables.ConfusionColumn;
import io.fcnspark.spark.tables.EvaluationSchema;
import io.fcnspark.spark.tables.MasksSchema;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Optional;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/** Compares each mask of some rows with its truth, on the executors. */
public final class MaskComparisons {
    private MaskComparisons() {}

    /**
     * Compares.
     *
     * @param matched columns {@code image}, {@code mask} (null where the file of the image is the mask), {@code confidence},
     *     {@code group}, and {@code truth} with the URI of the truth or null
     * @return a row each, with the columns of {@link EvaluationSchema}
     */
    public static Dataset<Row> of(
            SparkSession spark, Dataset<Row> matched, LabelConvention convention, long maxPixels) {
        String conventionJson = LabelConventions.toJson(convention).toString();
        SerializableConfiguration hadoop =
                new SerializableConfiguration(spark.sparkContext().hadoopConfiguration());
        JavaRDD<Row> rows = matched.select(
                        MasksSchema.IMAGE,
                        ListedRows.TRUTH,
                        EvaluationSchema.GROUP,
                        MasksSchema.MASK,
                        MasksSchema.CONFIDENCE)
                .javaRDD()
                .mapPartitions(partition -> {
                    MaskEvaluator evaluator = new MaskEvaluator(
                            LabelConventions.fromJson(conventionJson, "the labels of this run"), maxPixels);
                    FileBytes files = HadoopFileBytes.forImages(hadoop.value(), maxPixels);
                    return new MappedIterator<>(partition, row -> compared(row, evaluator, files));
                });
        return spark.createDataFrame(rows, EvaluationSchema.SCHEMA);
    }

    private static Row compared(Row row, MaskEvaluator evaluator, FileBytes files) {
        String image = row.getString(0);
        String truth = row.getString(1);
        String group = row.getString(2);
        try {
            if (truth == null) {
                throw new ImageException(Code.TRUTH_MISSING, "no truth found for this image");
            }
            byte[] mask = row.isNullAt(3) ? read(files, image, Code.UNREADABLE) : row.getAs(3);
            Comparison comparison = evaluator.evaluate(
                    mask, Optional.ofNullable(row.<byte[]>getAs(4)), read(files, truth, Code.TRUTH_MISSING));
            return RowFactory.create(
                    image,
                    truth,
                    group,
                    comparison.height(),
                    comparison.width(),
                    ConfusionColumn.write(comparison.evaluation().confusion()),
                    EvaluationSchema.boundaries(comparison.evaluation()),
                    EvaluationSchema.reliability(comparison.evaluation()),
                    null);
        } catch (ImageException e) {
            return RowFactory.create(
                    image,
                    truth,
                    group,
                    null,
                    null,
                    null,
                    null,
                    null,
                    RowFactory.create(e.code().id(), e.getMessage()));
        }
    }

    private static byte[] read(FileBytes files, String uri, Code codeIfUnreadable) throws ImageException {
        try {
            return files.read(uri);
        } catch (FileNotFoundException e) {
            throw new ImageException(codeIfUnreadable, "%s does not exist".formatted(uri), e);
        } catch (IOException e) {
            throw new ImageException(codeIfUnreadable, "%s cannot be read: %s".formatted(uri, e.getMessage()), e);
        }
    }
}
