package io.fcnspark.spark.actions;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;

import io.fcnspark.image.ImageException;
import io.fcnspark.image.ImageException.Code;
import io.fcnspark.labels.LabelConvention;
import io.fcnspark.spark.actions.MaskEvaluator.Comparison;
import io.fcnspark.spark.tables.BadInputException;
import io.fcnspark.spark.tables.ConfusionColumn;
import io.fcnspark.spark.tables.ImageListing;
import io.fcnspark.spark.tables.MaskTable;
import io.fcnspark.spark.tables.MasksSchema;
import io.fcnspark.spark.tables.StorageUris;
import io.fcnspark.spark.tables.TruthFiles;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.SerializableConfiguration;

/** Compares stored masks with truth: those of an output, or a folder of label PNGs that anything may have made. */
public final class EvaluateMasks {
    /** Columns that {@link #output} receives. */
    public static final StructType SCHEMA = new StructType()
            .add(MasksSchema.SCHEMA.apply(MasksSchema.IMAGE))
            .add(MasksSchema.SCHEMA.apply(MasksSchema.HEIGHT))
            .add(MasksSchema.SCHEMA.apply(MasksSchema.WIDTH))
            .add(MasksSchema.SCHEMA.apply(MasksSchema.CONFUSION))
            .add(MasksSchema.SCHEMA.apply(MasksSchema.ERROR));

    /** Count of rows without a mask in {@link EvaluationReport#leftOutByCode}. */
    static final String UNLABELLED = "unlabelled";

    private final SparkSession spark;
    private String masks;
    private String where;
    private String truthRoot;
    private LabelConvention convention;
    private String output;
    private long maxPixels = LabelImages.DEFAULT_MAX_PIXELS;

    private EvaluateMasks(SparkSession spark) {
        this.spark = spark;
    }

    /** Begins to describe an evaluation. Masks and truth must be set. */
    public static EvaluateMasks on(SparkSession spark) {
        return new EvaluateMasks(spark);
    }

    /** An output folder of {@link LabelImages}, or a folder of PNGs with one channel, pixel = class id. */
    public EvaluateMasks masks(String uri) {
        this.masks = uri;
        return this;
    }

    /** Rows of an output to take, as a condition of Spark SQL. Default: all. */
    public EvaluateMasks where(String condition) {
        this.where = Objects.requireNonNull(condition);
        return this;
    }

    /** Folder of the truth, and how it is stored. */
    public EvaluateMasks truth(String root, LabelConvention labelConvention) {
        this.truthRoot = root;
        this.convention = labelConvention;
        return this;
    }

    /** Folder that receives a Parquet row per mask, instead of what it held. Default: none. */
    public EvaluateMasks output(String uri) {
        this.output = Objects.requireNonNull(uri);
        return this;
    }

    /** Masks and truth with more pixels are left out. Default: as for labelling. */
    public EvaluateMasks maxPixels(long pixels) {
        this.maxPixels = pixels;
        return this;
    }

    /**
     * Compares.
     *
     * @throws BadInputException if masks or truth cannot be used
     */
    public EvaluationReport execute() {
        Objects.requireNonNull(masks, "masks");
        Objects.requireNonNull(truthRoot, "truth");
        StorageUris.requireNoCredentials(List.of(masks, truthRoot, output == null ? "" : output));
        Map<String, Long> leftOut = new HashMap<>();
        Dataset<Row> labelled = labelled(leftOut);
        // Without the masks, which would travel with every step of the search.
        Dataset<Row> truths = TruthFiles.match(spark, labelled.select(MasksSchema.IMAGE), truthRoot, convention);
        TruthFiles.requireAny(truths, truthRoot, convention);
        Dataset<Row> evaluated =
                evaluate(labelled.join(truths, MasksSchema.IMAGE)).persist(StorageLevel.DISK_ONLY());
        if (output != null) {
            evaluated.write().mode(SaveMode.Overwrite).parquet(output);
        }
        leftOut.putAll(Outcomes.of(evaluated).errorsByCode());
        EvaluationReport report = new EvaluationReport(ImageMetrics.of(evaluated, convention.classes()), leftOut);
        evaluated.unpersist();
        return report;
    }

    /** Columns {@code image} and {@code mask}; the mask is null where the file of the image is the mask. */
    private Dataset<Row> labelled(Map<String, Long> leftOut) {
        MaskTable table = MaskTable.at(spark, masks);
        if (!table.exists()) {
            Dataset<Row> files = ImageListing.list(spark, List.of(masks));
            if (files.isEmpty()) {
                throw new BadInputException("%s holds neither the table of an output nor label PNGs".formatted(masks));
            }
            return files.withColumn(MasksSchema.MASK, lit(null).cast("binary"));
        }
        Dataset<Row> rows = where == null ? table.rows() : table.rows().filter(where);
        requireOneRowEach(rows);
        // Where there is a mask there is its height, which costs less to look at.
        long unlabelled = rows.filter(col(MasksSchema.HEIGHT).isNull()).count();
        if (unlabelled > 0) {
            leftOut.put(UNLABELLED, unlabelled);
        }
        return rows.filter(col(MasksSchema.HEIGHT).isNotNull()).select(MasksSchema.IMAGE, MasksSchema.MASK);
    }

    private static void requireOneRowEach(Dataset<Row> rows) {
        List<Row> repeated = rows.groupBy(MasksSchema.IMAGE)
                .agg(count(lit(1)).as("rows"), collect_set(MasksSchema.MODEL).as("models"))
                .filter(col("rows").gt(1))
                .takeAsList(1);
        if (!repeated.isEmpty()) {
            Row row = repeated.get(0);
            throw new BadInputException(
                    "%s has %d rows, of models %s: choose one for each image with --where, for example --where \"model = '%s'\""
                            .formatted(
                                    row.getString(0),
                                    row.getLong(1),
                                    row.<String>getList(2).stream().sorted().collect(Collectors.joining(", ")),
                                    row.<String>getList(2).get(0)));
        }
    }

    private Dataset<Row> evaluate(Dataset<Row> matched) {
        String conventionJson = convention.toJson().toString();
        long pixels = maxPixels;
        SerializableConfiguration hadoop =
                new SerializableConfiguration(spark.sparkContext().hadoopConfiguration());
        JavaRDD<Row> rows = matched.select(MasksSchema.IMAGE, MasksSchema.MASK, TruthFiles.TRUTH)
                .javaRDD()
                .mapPartitions(partition -> {
                    MaskEvaluator evaluator = new MaskEvaluator(
                            LabelConvention.fromJson(conventionJson, "the labels of this run"), pixels);
                    FileBytes files = HadoopFileBytes.forImages(hadoop.value(), pixels);
                    return new MappedIterator<>(partition, row -> evaluated(row, evaluator, files));
                });
        return spark.createDataFrame(rows, SCHEMA);
    }

    private static Row evaluated(Row row, MaskEvaluator evaluator, FileBytes files) {
        String image = row.getString(0);
        try {
            if (row.isNullAt(2)) {
                throw new ImageException(Code.TRUTH_MISSING, "no truth found for this image");
            }
            byte[] mask = row.isNullAt(1) ? read(files, image, Code.UNREADABLE) : row.getAs(1);
            byte[] truth = read(files, row.getString(2), Code.TRUTH_MISSING);
            Comparison comparison = evaluator.evaluate(mask, truth);
            return RowFactory.create(
                    image,
                    comparison.height(),
                    comparison.width(),
                    ConfusionColumn.write(comparison.confusion()),
                    null);
        } catch (ImageException e) {
            return RowFactory.create(
                    image, null, null, null, RowFactory.create(e.code().id(), e.getMessage()));
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
