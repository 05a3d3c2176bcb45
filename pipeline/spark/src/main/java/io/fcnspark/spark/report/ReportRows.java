package io.fcnspark.spark.report;

import static org.apache.spark.sql.functions.array_max;
import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.min_by;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.transform;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.xxhash64;

import io.fcnspark.labels.LabelConvention;
import io.fcnspark.metrics.ConfusionMatrix;
import io.fcnspark.metrics.Evaluation;
import io.fcnspark.metrics.EvaluationState;
import io.fcnspark.metrics.ImageEvaluation;
import io.fcnspark.metrics.MetricsState;
import io.fcnspark.report.Gallery;
import io.fcnspark.report.PredictedClass;
import io.fcnspark.report.Rejects;
import io.fcnspark.report.RunFacts;
import io.fcnspark.report.Totals;
import io.fcnspark.spark.evaluate.MaskComparisons;
import io.fcnspark.spark.functions.SegmentationMetricsAggregate;
import io.fcnspark.spark.listing.ListedRows;
import io.fcnspark.spark.listing.TruthFiles;
import io.fcnspark.spark.tables.ConfusionColumn;
import io.fcnspark.spark.tables.EvaluationSchema;
import io.fcnspark.spark.tables.MasksSchema;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF3;
import org.apache.spark.sql.types.DataTypes;
import scala.collection.JavaConverters;
import scala.collection.Seq;

/**
 * What a report asks of a table of masks. None of it reads masks, but the scores of those that were labelled without truth.
 *
 * @param facts the columns of the table but {@code mask} and {@code confidence}, with {@link ChosenImages#KEY} and {@link ListedRows#TRUTH}
 */
record ReportRows(Dataset<Row> facts) {
    /** More would not be told apart on a chart. */
    private static final int MOST_RUNS = 200;

    private static final String IOU = "image_iou";

    /** The facts of a table's rows; {@code truth} is null. */
    static Dataset<Row> facts(Dataset<Row> rows) {
        return rows.drop(MasksSchema.MASK, MasksSchema.CONFIDENCE)
                .withColumn(ChosenImages.KEY, key())
                .withColumn(ListedRows.TRUTH, lit(null).cast(DataTypes.StringType));
    }

    /**
     * The facts of a table's rows, and the confusion of the rows that have none, but a mask and truth.
     *
     * @param truths see {@link #truths}
     */
    static Dataset<Row> facts(Dataset<Row> rows, Dataset<Row> truths, LabelConvention convention, long maxPixels) {
        Dataset<Row> known = facts(rows).drop(ListedRows.TRUTH).join(truths, onColumns(MasksSchema.IMAGE), "left");
        Dataset<Row> lacking = rows.filter(col(MasksSchema.CONFUSION)
                        .isNull()
                        .and(col(MasksSchema.HEIGHT).isNotNull()))
                .join(truths.filter(col(ListedRows.TRUTH).isNotNull()), onColumns(MasksSchema.IMAGE), "inner")
                .select(
                        col(MasksSchema.IMAGE),
                        col(MasksSchema.MASK),
                        // Calibration is not shown.
                        lit(null).cast(DataTypes.BinaryType).as(MasksSchema.CONFIDENCE),
                        key().as(EvaluationSchema.GROUP),
                        col(ListedRows.TRUTH));
        Dataset<Row> compared = MaskComparisons.of(rows.sparkSession(), lacking, convention, maxPixels)
                .select(
                        col(EvaluationSchema.GROUP).as(ChosenImages.KEY),
                        col(MasksSchema.CONFUSION).as("compared"));
        return known.join(compared, onColumns(ChosenImages.KEY), "left")
                .withColumn(MasksSchema.CONFUSION, coalesce(col(MasksSchema.CONFUSION), col("compared")))
                .drop("compared");
    }

    /** Columns {@code image}, each once, and {@code truth}, the URI of its truth or null. */
    static Dataset<Row> truths(SparkSession spark, Dataset<Row> rows, String root, LabelConvention convention) {
        Dataset<Row> images = rows.select(MasksSchema.IMAGE).distinct();
        return TruthFiles.match(spark, images, root, convention);
    }

    static Column key() {
        return concat_ws(
                " ",
                expr("unix_micros(" + MasksSchema.LABELLED_AT + ")"),
                col(MasksSchema.MODEL),
                col(MasksSchema.IMAGE));
    }

    private static Seq<String> onColumns(String column) {
        return JavaConverters.asScalaBuffer(Collections.singletonList(column)).toSeq();
    }

    Totals totals() {
        Row row = facts.agg(
                        count(lit(1)),
                        count(col(MasksSchema.HEIGHT)),
                        count(col(MasksSchema.ERROR)),
                        coalesce(sum(col(MasksSchema.HEIGHT).cast("long").multiply(col(MasksSchema.WIDTH))), lit(0L)),
                        avg(MasksSchema.MEAN_CONFIDENCE),
                        avg(MasksSchema.MEAN_ENTROPY))
                .first();
        return new Totals(
                row.getLong(0), row.getLong(1), row.getLong(2), row.getLong(3), optional(row, 4), optional(row, 5));
    }

    /** Over the rows with a confusion matrix; empty if none has. */
    Optional<Evaluation> evaluation(int numClasses, Optional<String> truthRoot, long seed) {
        // As in an evaluation, so that the intervals are the same: an image is known by the place of its truth.
        int prefix = truthRoot.map(root -> root.length() + 1).orElse(0);
        Evaluation evaluation = withConfusion()
                .select(
                        coalesce(col(ListedRows.TRUTH), col(MasksSchema.IMAGE)),
                        col(ListedRows.TRUTH).isNotNull(),
                        col(MasksSchema.CONFUSION),
                        pixels())
                .javaRDD()
                .treeAggregate(
                        EvaluationState.zero(numClasses, seed),
                        (state, row) -> state.add(
                                row.getBoolean(1) ? row.getString(0).substring(prefix) : row.getString(0),
                                new ImageEvaluation(
                                        ConfusionColumn.read(numClasses, row.getList(2), row.getLong(3)),
                                        List.of(),
                                        Optional.empty())),
                        EvaluationState::merge)
                .evaluation();
        return Optional.of(evaluation).filter(e -> e.metrics().images() > 0);
    }

    ClassesInMasks classes() {
        Column id = col("c.id");
        List<Row> rows = facts.select(explode(col(MasksSchema.CLASSES)).as("c"))
                .groupBy(id.as("id"))
                .agg(
                        count(lit(1)),
                        sum("c.pixels"),
                        sum(col("c.pixels").multiply(col("c.mean_confidence"))).divide(sum("c.pixels")),
                        collect_set("c.name"))
                .orderBy("id")
                .collectAsList();
        Map<Integer, String> names = new HashMap<>();
        rows.forEach(row -> names.put(
                row.getInt(0), row.<String>getList(4).stream().sorted().collect(Collectors.joining(" / "))));
        Row largest = facts.agg(max(array_max(transform(
                        col(MasksSchema.CONFUSION),
                        cell -> greatest(cell.getField("truth"), cell.getField("predicted"))))))
                .first();
        return new ClassesInMasks(
                rows.stream()
                        .map(row -> new PredictedClass(row.getInt(0), row.getLong(1), row.getLong(2), row.getDouble(3)))
                        .toList(),
                names,
                Math.max(
                        rows.isEmpty() ? -1 : rows.get(rows.size() - 1).getInt(0),
                        largest.isNullAt(0) ? -1 : largest.getInt(0)));
    }

    ReportRuns runs() {
        Column scores = new Column(
                new SegmentationMetricsAggregate(col(MasksSchema.CONFUSION).expr(), 0, 0).toAggregateExpression());
        Dataset<Row> all = facts.groupBy(
                        col(MasksSchema.RUN_DATE).cast("string").as("date"), col(MasksSchema.RUN_ID))
                .agg(
                        min(expr("unix_micros(" + MasksSchema.LABELLED_AT + ")"))
                                .as("first"),
                        max(expr("unix_micros(" + MasksSchema.LABELLED_AT + ")"))
                                .as("last"),
                        count(col(MasksSchema.HEIGHT)).as("labelled"),
                        count(col(MasksSchema.ERROR)).as("rejected"),
                        avg(MasksSchema.MEAN_CONFIDENCE).as("confidence"),
                        scores.as("scores"),
                        collect_set(MasksSchema.MODEL).as("models"),
                        collect_set(concat_ws(" in ", col(MasksSchema.ENGINE), col(MasksSchema.PRECISION)))
                                .as("engines"))
                .select(
                        col("date"),
                        col(MasksSchema.RUN_ID),
                        col("first"),
                        col("last"),
                        col("labelled"),
                        col("rejected"),
                        col("confidence"),
                        coalesce(col("scores.images"), lit(0L)),
                        col("scores.mean_iou"),
                        col("models"),
                        col("engines"));
        List<RunFacts> last = all.orderBy(col("date").desc(), col("last").desc()).takeAsList(MOST_RUNS).stream()
                .map(ReportRows::run)
                .collect(Collectors.toList());
        Collections.reverse(last);
        return new ReportRuns(last, last.size() < MOST_RUNS ? 0 : all.count() - MOST_RUNS);
    }

    private static RunFacts run(Row row) {
        return new RunFacts(
                LocalDate.parse(row.getString(0)),
                row.getString(1),
                Instant.EPOCH.plus(row.getLong(2), ChronoUnit.MICROS),
                Instant.EPOCH.plus(row.getLong(3), ChronoUnit.MICROS),
                row.getLong(4),
                row.getLong(5),
                optional(row, 6),
                row.getLong(7),
                optional(row, 8),
                row.<String>getList(9).stream().sorted().toList(),
                row.<String>getList(10).stream().sorted().toList());
    }

    List<Rejects> rejects() {
        return facts
                .filter(col(MasksSchema.ERROR).isNotNull())
                .groupBy(col("error.code"))
                .agg(
                        count(lit(1)).as("images"),
                        min(MasksSchema.IMAGE),
                        min_by(col("error.message"), col(MasksSchema.IMAGE)))
                .orderBy(col("images").desc(), col("code"))
                .collectAsList()
                .stream()
                .map(row -> new Rejects(row.getString(0), row.getLong(1), row.getString(2), row.getString(3)))
                .toList();
    }

    /** The rows of all galleries. */
    ChosenImages choose(int images, int numClasses, long seed) {
        Dataset<Row> labelled = facts.filter(col(MasksSchema.HEIGHT).isNotNull());
        Dataset<Row> scored = withConfusion()
                .withColumn(
                        IOU,
                        imageIou(numClasses)
                                .apply(col(MasksSchema.CONFUSION), col(MasksSchema.HEIGHT), col(MasksSchema.WIDTH)))
                .filter(col(IOU).isNotNull());
        return ChosenImages.none()
                .with(
                        Gallery.WORST,
                        scored.orderBy(col(IOU), col(ChosenImages.KEY))
                                .drop(IOU)
                                .takeAsList(images))
                .with(
                        Gallery.UNCERTAIN,
                        labelled.orderBy(
                                        col(MasksSchema.MEAN_CONFIDENCE),
                                        col(MasksSchema.MEAN_ENTROPY).desc(),
                                        col(ChosenImages.KEY))
                                .takeAsList(images))
                .with(
                        Gallery.RANDOM,
                        labelled.orderBy(xxhash64(col(MasksSchema.IMAGE), lit(seed)), col(ChosenImages.KEY))
                                .takeAsList(images));
    }

    private static org.apache.spark.sql.expressions.UserDefinedFunction imageIou(int numClasses) {
        UDF3<Seq<Row>, Integer, Integer, Double> iou = (cells, height, width) -> {
            ConfusionMatrix confusion =
                    ConfusionColumn.read(numClasses, JavaConverters.seqAsJavaList(cells), (long) height * width);
            OptionalDouble value = MetricsState.ofImage(confusion).meanImageIou();
            return value.isPresent() ? (Double) value.getAsDouble() : null;
        };
        return udf(iou, DataTypes.DoubleType);
    }

    private Dataset<Row> withConfusion() {
        return facts.filter(col(MasksSchema.CONFUSION).isNotNull());
    }

    private static Column pixels() {
        return col(MasksSchema.HEIGHT).cast("long").multiply(col(MasksSchema.WIDTH));
    }

    private static OptionalDouble optional(Row row, int column) {
        return row.isNullAt(column) ? OptionalDouble.empty() : OptionalDouble.of(row.getDouble(column));
    }
}
