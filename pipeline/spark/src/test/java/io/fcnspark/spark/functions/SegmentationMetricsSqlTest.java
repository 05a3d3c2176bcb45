package io.fcnspark.spark.functions;

import static org.assertj.core.api.Assertions.assertThat;

import io.fcnspark.labels.ClassSet;
import io.fcnspark.labels.LabelClass;
import io.fcnspark.metrics.ConfusionMatrix;
import io.fcnspark.metrics.ConfusionMatrix.Cell;
import io.fcnspark.metrics.MetricsState;
import io.fcnspark.metrics.SegmentationMetrics;
import io.fcnspark.metrics.SegmentationMetrics.ClassMetrics;
import io.fcnspark.spark.SharedSpark;
import io.fcnspark.spark.tables.ConfusionColumn;
import io.fcnspark.spark.tables.MasksSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The aggregate against the plain metrics over the same images. */
class SegmentationMetricsSqlTest {
    private static final int CLASSES = 11;
    private static final ClassSet CLASS_SET = new ClassSet(
            "eleven",
            IntStream.range(0, CLASSES)
                    .mapToObj(i -> new LabelClass(i, "c" + i, 0))
                    .toList(),
            255);
    private static final SparkSession SPARK = SharedSpark.session();
    private static final List<Image> IMAGES = new ArrayList<>();

    private record Image(int number, int camera, int day, ConfusionMatrix confusion) {}

    @BeforeAll
    static void images() {
        Random random = new Random(7);
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            List<Cell> cells = new ArrayList<>();
            for (int c = random.nextInt(6); c > 0; c--) {
                int truth = random.nextInt(CLASSES);
                int predicted = random.nextInt(3) > 0 ? truth : random.nextInt(CLASSES);
                cells.add(new Cell(truth, predicted, 1 + random.nextInt(100_000)));
            }
            Image image = new Image(
                    i,
                    random.nextInt(4),
                    random.nextInt(3),
                    ConfusionMatrix.ofCells(CLASSES, cells, random.nextInt(9)));
            IMAGES.add(image);
            rows.add(RowFactory.create(i, image.camera, image.day, ConfusionColumn.write(image.confusion)));
        }
        rows.add(RowFactory.create(500, 0, 0, null));
        rows.add(RowFactory.create(501, 9, 9, null));
        SPARK.createDataFrame(
                        rows,
                        new StructType()
                                .add("i", DataTypes.IntegerType)
                                .add("camera", DataTypes.IntegerType)
                                .add("day", DataTypes.IntegerType)
                                .add(MasksSchema.SCHEMA.apply(MasksSchema.CONFUSION)))
                .repartition(7)
                .createOrReplaceTempView("images");
    }

    private static SegmentationMetrics expected(Predicate<Image> which) {
        return SegmentationMetrics.of(
                IMAGES.stream()
                        .filter(which)
                        .map(image -> MetricsState.ofImage(image.confusion))
                        .reduce(MetricsState.zero(CLASSES), MetricsState::plus),
                CLASS_SET);
    }

    private static void assertSame(Row row, SegmentationMetrics expected) {
        assertThat(row.<Long>getAs("images")).isEqualTo(expected.images());
        assertThat(row.<Long>getAs("pixels")).isEqualTo(expected.pixels());
        assertThat(optional(row, "pixel_accuracy")).isEqualTo(expected.pixelAccuracy());
        assertThat(optional(row, "mean_accuracy")).isEqualTo(expected.meanAccuracy());
        assertThat(optional(row, "mean_iou")).isEqualTo(expected.meanIou());
        assertThat(optional(row, "frequency_weighted_iou")).isEqualTo(expected.frequencyWeightedIou());
        assertThat(optional(row, "mean_image_iou")).isEqualTo(expected.meanImageIou());
        List<Row> classes = row.getList(row.fieldIndex("classes"));
        List<ClassMetrics> present =
                expected.classes().stream().filter(c -> c.iou().isPresent()).toList();
        assertThat(classes).hasSameSizeAs(present);
        for (int i = 0; i < present.size(); i++) {
            assertThat(classes.get(i).<Integer>getAs("id"))
                    .isEqualTo(present.get(i).id());
            assertThat(classes.get(i).<Long>getAs("pixels"))
                    .isEqualTo(present.get(i).pixels());
            assertThat(optional(classes.get(i), "accuracy"))
                    .isEqualTo(present.get(i).accuracy());
            assertThat(optional(classes.get(i), "iou")).isEqualTo(present.get(i).iou());
        }
        assertThat(ConfusionColumn.read(CLASSES, row.getList(row.fieldIndex("confusion")), expected.pixels())
                        .cells())
                .isEqualTo(expected.confusion().cells());
    }

    private static OptionalDouble optional(Row row, String field) {
        int index = row.fieldIndex(field);
        return row.isNullAt(index) ? OptionalDouble.empty() : OptionalDouble.of(row.getDouble(index));
    }

    @Test
    void overAllRows() {
        assertSame(
                SPARK.sql("SELECT segmentation_metrics(confusion) FROM images")
                        .first()
                        .getStruct(0),
                expected(image -> true));
    }

    @Test
    void byGroupInParts() {
        assertThat(SPARK.sql("SELECT camera, segmentation_metrics(confusion) FROM images GROUP BY camera")
                        .queryExecution()
                        .executedPlan()
                        .toString())
                .contains("partial_segmentation_metrics");
        List<Row> rows = SPARK.sql("SELECT camera, segmentation_metrics(confusion) AS m FROM images GROUP BY camera")
                .collectAsList();
        assertThat(rows).hasSize(5);
        for (Row row : rows) {
            if (row.getInt(0) == 9) {
                assertThat(row.isNullAt(1)).as("no truth at all").isTrue();
            } else {
                assertSame(row.getStruct(1), expected(image -> image.camera == row.getInt(0)));
            }
        }
    }

    @Test
    void byCube() {
        List<Row> rows = SPARK.sql("SELECT camera, day, segmentation_metrics(confusion) AS m FROM images"
                        + " WHERE camera < 9 GROUP BY CUBE (camera, day)")
                .collectAsList();
        assertThat(rows).hasSize(5 * 4);
        for (Row row : rows) {
            assertSame(
                    row.getStruct(2),
                    expected(image -> (row.isNullAt(0) || image.camera == row.getInt(0))
                            && (row.isNullAt(1) || image.day == row.getInt(1))));
        }
    }

    @Test
    void overAWindow() {
        List<Row> rows = SPARK.sql("SELECT i, segmentation_metrics(confusion) OVER (ORDER BY i ROWS BETWEEN 2 PRECEDING"
                        + " AND CURRENT ROW) FROM images WHERE i < 40")
                .collectAsList();
        assertThat(rows).hasSize(40);
        for (Row row : rows) {
            int i = row.getInt(0);
            assertSame(row.getStruct(1), expected(image -> IMAGES.subList(Math.max(0, i - 2), i + 1)
                    .contains(image)));
        }
    }

    @Test
    void aFilterAndASecondAggregateMayStandBesideIt() {
        Row row = SPARK.sql("SELECT segmentation_metrics(confusion) FILTER (WHERE camera = 2).mean_iou, count(*),"
                        + " segmentation_metrics(confusion).mean_iou FROM images")
                .first();
        assertThat(OptionalDouble.of(row.getDouble(0)))
                .isEqualTo(expected(image -> image.camera == 2).meanIou());
        assertThat(row.getLong(1)).isEqualTo(502);
        assertThat(OptionalDouble.of(row.getDouble(2)))
                .isEqualTo(expected(image -> true).meanIou());
    }
}
