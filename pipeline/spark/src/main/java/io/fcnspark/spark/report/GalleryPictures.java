package io.fcnspark.spark.report;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fcnspark.labelling.MappedIterator;
import io.fcnspark.labels.ClassSet;
import io.fcnspark.labels.LabelConvention;
import io.fcnspark.labels.LabelConventions;
import io.fcnspark.metrics.ConfusionMatrix;
import io.fcnspark.report.GalleryImage;
import io.fcnspark.spark.listing.ListedRows;
import io.fcnspark.spark.report.GalleryRenderer.Drawn;
import io.fcnspark.spark.storage.StoredImages;
import io.fcnspark.spark.tables.ConfusionColumn;
import io.fcnspark.spark.tables.MasksSchema;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/** Draws the pictures of galleries, on the executors. */
final class GalleryPictures {
    /** Of all pictures of a report; as text they take a third more. */
    private static final int MOST_BYTES = 16_000_000;

    private static final int MOST_BYTES_PER_IMAGE = 120_000;

    private static final StructType CHOSEN =
            new StructType().add(ChosenImages.KEY, DataTypes.StringType).add(ListedRows.TRUTH, DataTypes.StringType);

    private GalleryPictures() {}

    /**
     * The images of galleries.
     *
     * @param rows of the table
     * @param chosen at least one of them
     * @param convention of the truth; without, there are no pictures of it
     */
    static List<GalleryImage> of(
            Dataset<Row> rows,
            ChosenImages chosen,
            ClassSet classes,
            Optional<LabelConvention> convention,
            long maxPixels) {
        Map<String, Drawn> drawn = draw(rows, chosen, classes, convention, maxPixels);
        List<GalleryImage> images = new ArrayList<>();
        chosen.rows()
                .forEach((key, row) -> images.add(new GalleryImage(
                        row.getAs(MasksSchema.IMAGE),
                        row.getAs(MasksSchema.HEIGHT),
                        row.getAs(MasksSchema.WIDTH),
                        row.getAs(MasksSchema.MODEL),
                        LocalDate.parse(row.getAs(MasksSchema.RUN_DATE).toString()),
                        row.getAs(MasksSchema.RUN_ID),
                        row.<Float>getAs(MasksSchema.MEAN_CONFIDENCE),
                        row.<Float>getAs(MasksSchema.MEAN_ENTROPY),
                        pixelsByClass(row),
                        confusion(row, classes.size()),
                        chosen.ranks().get(key),
                        Optional.ofNullable(drawn.get(key).pictures()),
                        drawn.get(key).problems())));
        return images;
    }

    private static Map<String, Drawn> draw(
            Dataset<Row> rows,
            ChosenImages chosen,
            ClassSet classes,
            Optional<LabelConvention> convention,
            long maxPixels) {
        SparkSession spark = rows.sparkSession();
        Dataset<Row> keys = spark.createDataFrame(
                chosen.rows().entrySet().stream()
                        .map(entry -> RowFactory.create(
                                entry.getKey(), entry.getValue().getAs(ListedRows.TRUTH)))
                        .toList(),
                CHOSEN);
        Object[] uris = chosen.rows().values().stream()
                .map(row -> row.getAs(MasksSchema.IMAGE))
                .distinct()
                .toArray();
        int maxBytes = Math.min(MOST_BYTES_PER_IMAGE, MOST_BYTES / chosen.rows().size());
        String classesJson =
                LabelConventions.toJson(LabelConvention.plain(classes)).toString();
        Optional<String> conventionJson =
                convention.map(LabelConventions::toJson).map(ObjectNode::toString);
        String truthJson = conventionJson.orElse(null);
        SerializableConfiguration hadoop =
                new SerializableConfiguration(spark.sparkContext().hadoopConfiguration());
        // The condition on image lets Parquet leave out pages of masks.
        Dataset<Row> masks = rows.filter(col(MasksSchema.IMAGE).isin(uris))
                .select(ReportRows.key().as(ChosenImages.KEY), col(MasksSchema.IMAGE), col(MasksSchema.MASK))
                .join(broadcast(keys), ChosenImages.KEY)
                .select(ChosenImages.KEY, MasksSchema.IMAGE, MasksSchema.MASK, ListedRows.TRUTH);
        Map<String, Drawn> drawn = new HashMap<>();
        masks.repartition(2 * spark.sparkContext().defaultParallelism())
                // Entries of a shard one after the other.
                .sortWithinPartitions(MasksSchema.IMAGE)
                .javaRDD()
                .mapPartitions(partition -> {
                    GalleryRenderer renderer = new GalleryRenderer(
                            StoredImages.ofTask(hadoop.value(), maxPixels),
                            LabelConventions.fromJson(classesJson, "the classes of this report")
                                    .classes(),
                            Optional.ofNullable(truthJson)
                                    .map(json -> LabelConventions.fromJson(json, "the labels of this report")),
                            maxBytes,
                            maxPixels);
                    return new MappedIterator<>(
                            partition,
                            row -> new Tuple2<>(
                                    row.getString(0),
                                    renderer.draw(
                                            row.getString(1), row.getAs(2), Optional.ofNullable(row.getString(3)))));
                })
                .collect()
                .forEach(pair -> drawn.put(pair._1(), pair._2()));
        return drawn;
    }

    private static Map<Integer, Long> pixelsByClass(Row row) {
        Map<Integer, Long> pixels = new HashMap<>();
        row.<Row>getList(row.fieldIndex(MasksSchema.CLASSES)).forEach(c -> pixels.put(c.getInt(0), c.getLong(2)));
        return pixels;
    }

    private static Optional<ConfusionMatrix> confusion(Row row, int numClasses) {
        int column = row.fieldIndex(MasksSchema.CONFUSION);
        return row.isNullAt(column)
                ? Optional.empty()
                : Optional.of(ConfusionColumn.read(
                        numClasses,
                        row.getList(column),
                        row.<Integer>getAs(MasksSchema.HEIGHT).longValue() * row.<Integer>getAs(MasksSchema.WIDTH)));
    }
}
