package io.fcnspark.spark.evaluate;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;

import io.fcnspark.errors.BadInputException;
import io.fcnspark.image.ImageDecoder;
import io.fcnspark.labels.LabelConvention;
import io.fcnspark.spark.listing.ImageListing;
import io.fcnspark.spark.listing.TruthFiles;
import io.fcnspark.spark.scheduling.NamedJobs;
import io.fcnspark.spark.storage.OutputLease;
import io.fcnspark.spark.storage.RemoteFolder;
import io.fcnspark.spark.storage.StorageUris;
import io.fcnspark.spark.tables.EvaluationSchema;
import io.fcnspark.spark.tables.MaskTable;
import io.fcnspark.spark.tables.MasksSchema;
import io.fcnspark.spark.tables.Outcomes;
import io.fcnspark.spark.tables.UniqueImages;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;

/** Compares stored masks with truth: those of an output, or a folder of label PNGs that anything may have made. */
public final class EvaluateMasks {
    /** Count of rows without a mask in {@link EvaluationReport#leftOutByCode}. */
    static final String UNLABELLED = "unlabelled";

    private final SparkSession spark;
    private String masks;
    private String where;
    private String against;
    private String againstWhere;
    private String by;
    private String truthRoot;
    private LabelConvention convention;
    private String output;
    private long maxPixels = ImageDecoder.DEFAULT_MAX_PIXELS;
    private long seed = 1;

    private EvaluateMasks(SparkSession spark) {
        this.spark = spark;
    }

    /** Begins to describe an evaluation. Masks and truth must be set. */
    public static EvaluateMasks on(SparkSession spark) {
        return new EvaluateMasks(spark);
    }

    /** An output folder of a labelling run, or a folder of PNGs: of one channel, pixel = class id, or in the classes' colours. */
    public EvaluateMasks masks(String uri) {
        this.masks = uri;
        return this;
    }

    /** Masks to take, as a condition of Spark SQL over the columns that {@link #by} may use. Default: all. */
    public EvaluateMasks where(String condition) {
        this.where = Objects.requireNonNull(condition);
        return this;
    }

    /** Other masks of the same images to compare with, given as {@link #masks(String)}. Default: none. */
    public EvaluateMasks against(String uri) {
        this.against = Objects.requireNonNull(uri);
        return this;
    }

    /** Masks of {@link #against(String)} to take, as {@link #where(String)}. Default: all. */
    public EvaluateMasks againstWhere(String condition) {
        this.againstWhere = Objects.requireNonNull(condition);
        return this;
    }

    /**
     * Metrics for each value of an expression of Spark SQL over the columns of the masks, such as {@code model}; of a folder of
     * PNGs {@code image} is the one column. Default: none.
     */
    public EvaluateMasks by(String expression) {
        this.by = Objects.requireNonNull(expression);
        return this;
    }

    /** Seed of the intervals. Default: 1. */
    public EvaluateMasks seed(long bootstrapSeed) {
        this.seed = bootstrapSeed;
        return this;
    }

    /** Folder of the truth, and how it is stored. */
    public EvaluateMasks truth(String root, LabelConvention labelConvention) {
        this.truthRoot = root;
        this.convention = labelConvention;
        return this;
    }

    /**
     * Folder that receives a row per mask with the columns of {@link EvaluationSchema}, as Parquet, instead of what it held.
     * Default: none.
     */
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
     * @return how good the masks are
     * @throws BadInputException if masks or truth cannot be used, or no mask can be compared
     */
    public EvaluationReport execute() {
        Objects.requireNonNull(masks, "masks");
        Objects.requireNonNull(truthRoot, "truth");
        StorageUris.requireNoCredentials(Stream.of(masks, truthRoot, output, against)
                .filter(Objects::nonNull)
                .toList());
        if (output != null) {
            requireWritable();
        }
        try (NamedJobs jobs = NamedJobs.begin(spark.sparkContext(), "fcn evaluate")) {
            return evaluate(jobs);
        }
    }

    private EvaluationReport evaluate(NamedJobs jobs) {
        jobs.describe("compare masks with their truth");
        Evaluations evaluations = new Evaluations(convention.classes(), TruthFiles.root(spark, truthRoot), seed);
        Map<String, Long> leftOut = new HashMap<>();
        Dataset<Row> compared = compared(masks, where, by, leftOut);
        try {
            return report(jobs, evaluations, compared, leftOut);
        } finally {
            compared.unpersist();
        }
    }

    private EvaluationReport report(
            NamedJobs jobs, Evaluations evaluations, Dataset<Row> compared, Map<String, Long> leftOut) {
        if (output != null) {
            compared.write().mode(SaveMode.Overwrite).parquet(output);
        }
        jobs.describe("add up");
        Outcomes outcomes = Outcomes.of(compared);
        requireAny(outcomes, compared);
        leftOut.putAll(outcomes.errorsByCode());
        return new EvaluationReport(
                convention.classes(),
                evaluations.all(compared),
                leftOut,
                Optional.ofNullable(by),
                by == null ? List.of() : evaluations.byGroup(compared, by),
                Optional.ofNullable(against).map(uri -> comparison(evaluations, compared)));
    }

    /** Metrics of nothing would be dashes, and look like an evaluation. */
    private void requireAny(Outcomes outcomes, Dataset<Row> compared) {
        if (outcomes.good() > 0) {
            return;
        }
        Row example = compared.select(
                        col(MasksSchema.IMAGE), col(MasksSchema.ERROR).getField("message"))
                .first();
        throw new BadInputException("none of the masks of %s can be compared (%s); for example %s: %s"
                .formatted(
                        masks,
                        new TreeMap<>(outcomes.errorsByCode())
                                .entrySet().stream()
                                        .map(code -> code.getValue() + " " + code.getKey())
                                        .collect(Collectors.joining(", ")),
                        example.getString(0),
                        example.getString(1)));
    }

    private ComparedRuns comparison(Evaluations evaluations, Dataset<Row> compared) {
        Dataset<Row> others = compared(against, againstWhere, null, new HashMap<>());
        try {
            return evaluations.compare(against, compared, others);
        } finally {
            others.unpersist();
        }
    }

    /** Every mask with how it compares, kept until it is not needed any more. */
    private Dataset<Row> compared(String uri, String condition, String group, Map<String, Long> leftOut) {
        Dataset<Row> labelled = labelled(uri, condition, group, leftOut);
        if (labelled.isEmpty()) {
            throw new BadInputException(
                    condition == null
                            ? "%s has no masks".formatted(uri)
                            : "%s has no masks for which %s".formatted(uri, condition));
        }
        // Without the masks, which would travel with every step of the search.
        Dataset<Row> truths = TruthFiles.match(spark, labelled.select(MasksSchema.IMAGE), truthRoot, convention);
        TruthFiles.requireAny(truths, truthRoot, convention);
        return MaskComparisons.of(spark, labelled.join(truths, MasksSchema.IMAGE), convention, maxPixels)
                .persist(StorageLevel.DISK_ONLY());
    }

    /**
     * Columns {@code image}, {@code mask}, {@code confidence} and {@code group}; the mask is null where the file of the image is
     * the mask.
     */
    private Dataset<Row> labelled(String uri, String condition, String group, Map<String, Long> leftOut) {
        Column value = group == null ? lit(null).cast("string") : expr(group).cast("string");
        MaskTable table = MaskTable.at(spark, uri);
        if (!table.exists()) {
            Dataset<Row> files = ImageListing.list(spark, List.of(uri)).images().select(MasksSchema.IMAGE);
            if (files.isEmpty()) {
                throw new BadInputException("%s holds neither the table of an output nor label PNGs".formatted(uri));
            }
            return (condition == null ? files : files.filter(condition))
                    .select(
                            col(MasksSchema.IMAGE),
                            lit(null).cast("binary").as(MasksSchema.MASK),
                            lit(null).cast("binary").as(MasksSchema.CONFIDENCE),
                            value.as(EvaluationSchema.GROUP));
        }
        Dataset<Row> rows = table.rowsWhere(condition);
        UniqueImages.require(rows);
        // Where there is a mask there is its height, which costs less to look at.
        long unlabelled = rows.filter(col(MasksSchema.HEIGHT).isNull()).count();
        if (unlabelled > 0) {
            leftOut.put(UNLABELLED, unlabelled);
        }
        return rows.filter(col(MasksSchema.HEIGHT).isNotNull())
                .select(
                        col(MasksSchema.IMAGE),
                        col(MasksSchema.MASK),
                        col(MasksSchema.CONFIDENCE),
                        value.as(EvaluationSchema.GROUP));
    }

    private void requireWritable() {
        try {
            RemoteFolder.of(output, spark.sparkContext().hadoopConfiguration()).requireWritable();
        } catch (IOException e) {
            throw OutputLease.notWritable(output, e);
        }
    }
}
