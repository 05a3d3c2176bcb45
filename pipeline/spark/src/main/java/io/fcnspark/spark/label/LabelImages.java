package io.fcnspark.spark.label;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;

import io.fcnspark.engine.ConfidenceMap;
import io.fcnspark.engine.EngineRequest;
import io.fcnspark.engine.Engines;
import io.fcnspark.engine.Segmenter;
import io.fcnspark.errors.BadInputException;
import io.fcnspark.errors.Setting;
import io.fcnspark.image.ImageDecoder;
import io.fcnspark.image.ImageNames;
import io.fcnspark.labelling.ListedImage;
import io.fcnspark.labelling.StageTimes;
import io.fcnspark.labels.LabelConvention;
import io.fcnspark.metrics.SegmentationMetrics;
import io.fcnspark.spark.listing.ImageListing;
import io.fcnspark.spark.listing.ListedRows;
import io.fcnspark.spark.listing.TruthFiles;
import io.fcnspark.spark.model.ChosenEngine;
import io.fcnspark.spark.model.LocalModel;
import io.fcnspark.spark.model.ModelCheck;
import io.fcnspark.spark.model.ShippedModel;
import io.fcnspark.spark.storage.OutputLease;
import io.fcnspark.spark.storage.OutputLease.Origin;
import io.fcnspark.spark.storage.StorageFaults;
import io.fcnspark.spark.storage.StorageUris;
import io.fcnspark.spark.tables.MaskTable;
import io.fcnspark.spark.tables.MasksSchema;
import io.fcnspark.spark.tables.Outcomes;
import io.fcnspark.spark.tables.Rejected;
import io.fcnspark.spark.tables.RunTable;
import io.fcnspark.weights.ModelBundle;
import io.fcnspark.weights.ModelDescription;
import io.fcnspark.weights.ModelException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.DoubleStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.SerializableConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Labels images with a model: lists them, leaves out what the output already holds, and appends a row for each of the rest, in
 * waves. What the output holds is the only state: interrupted anywhere and executed again, every image has one row.
 */
public final class LabelImages {
    /** Pixels of an image, at most: 100 000 000, for example 10 000 x 10 000. */
    public static final long DEFAULT_MAX_PIXELS = ImageDecoder.DEFAULT_MAX_PIXELS;

    /** Pixels that go through the network in one pass, at most: 2 097 152, for example 2048 x 1024, or Full HD. */
    public static final long DEFAULT_TILE_PIXELS = 1 << 21;

    /** A GPU is idle between runs of single images. */
    private static final int GPU_BATCH = 8;

    /** Share of bad images that a run puts up with. */
    public static final double DEFAULT_MAX_REJECT_RATE = 0.05;

    private static final Logger LOG = LoggerFactory.getLogger(LabelImages.class);

    private final SparkSession spark;
    private List<String> inputs = List.of();
    private String model;
    private String output;
    private String truthRoot;
    private LabelConvention truthConvention;
    private EngineRequest request = EngineRequest.AUTO;
    private OptionalInt batch = OptionalInt.empty();
    private int waveImages = 20_000;
    private long maxPixels = DEFAULT_MAX_PIXELS;
    private double maxRejectRate = DEFAULT_MAX_REJECT_RATE;
    private long tilePixels = DEFAULT_TILE_PIXELS;
    private ConfidenceMap confidenceMap = ConfidenceMap.OMIT;
    private String runId = newRunId();
    private LocalDate runDate = LocalDate.now(ZoneOffset.UTC);
    private Rejected rejected = Rejected.KEEP;
    private Instant since = Instant.MIN;
    private Consumer<LabelProgress> progress = done -> {};

    private LabelImages(SparkSession spark) {
        this.spark = spark;
    }

    /** Begins to describe a run. Inputs, model and output must be set. */
    public static LabelImages on(SparkSession spark) {
        return new LabelImages(spark);
    }

    private static String newRunId() {
        String now = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'")
                .withZone(ZoneOffset.UTC)
                .format(Instant.now());
        return now + "-" + UUID.randomUUID().toString().substring(0, 8);
    }

    /** Folders, globs, single images, tar shards and lists; see {@link ImageListing#listWithShards}. */
    public LabelImages inputs(List<String> uris) {
        this.inputs = List.copyOf(uris);
        return this;
    }

    /** Folder of a model bundle on any Hadoop file system. */
    public LabelImages model(String uri) {
        this.model = uri;
        return this;
    }

    /**
     * Folder of the output on any Hadoop file system, in which the table is the folder {@code masks}; or the name of a table in a
     * catalog that Spark knows, {@code CATALOG.NAMESPACE.TABLE}.
     */
    public LabelImages output(String uriOrTable) {
        this.output = uriOrTable;
        return this;
    }

    /** Folder of the truth to compare with, and how it is stored. Default: none. */
    public LabelImages truth(String root, LabelConvention convention) {
        this.truthRoot = Objects.requireNonNull(root);
        this.truthConvention = Objects.requireNonNull(convention);
        return this;
    }

    /** That truth to compare with lies in the shards, beside the images, and how it is stored. Default: there is none. */
    public LabelImages truthInShards(LabelConvention convention) {
        this.truthRoot = null;
        this.truthConvention = Objects.requireNonNull(convention);
        return this;
    }

    /**
     * Engine, device and precision; on a cluster, a GPU is the one that Spark gives to the task. Default: {@link
     * EngineRequest#AUTO}.
     *
     * @throws IllegalArgumentException if the engine does not exist
     */
    public LabelImages engine(EngineRequest asked) {
        asked.engine().ifPresent(Engines.installed()::named);
        this.request = asked;
        return this;
    }

    /**
     * Images per run of the network, at most; only images of the same padded size share one. Default: 1 on a CPU, 8 on a
     * GPU.
     */
    public LabelImages batch(int images) {
        this.batch = OptionalInt.of(positive("batch", images));
        return this;
    }

    /** Images, about, that are committed together. Default: 20 000. */
    public LabelImages waveImages(int images) {
        this.waveImages = positive("wave-images", images);
        return this;
    }

    /** Images with more pixels are rejected. Default: {@link #DEFAULT_MAX_PIXELS}. */
    public LabelImages maxPixels(long pixels) {
        if (pixels < 1 || pixels > ImageDecoder.LARGEST_MAX_PIXELS) {
            throw new IllegalArgumentException(
                    "max-pixels is %d: expected 1 to %d".formatted(pixels, ImageDecoder.LARGEST_MAX_PIXELS));
        }
        this.maxPixels = pixels;
        return this;
    }

    /**
     * Images with more pixels go through the network in overlapping tiles of no more than so many. Default:
     * {@link #DEFAULT_TILE_PIXELS}.
     */
    public LabelImages tilePixels(long pixels) {
        Segmenter.tiling(pixels);
        this.tilePixels = pixels;
        return this;
    }

    /**
     * Share of rejected and unavailable images, 0 … 1, above which the table {@code runs} says that there were too many. Default:
     * {@value #DEFAULT_MAX_REJECT_RATE}.
     */
    public LabelImages maxRejectRate(double rate) {
        if (!(rate >= 0 && rate <= 1)) {
            throw new IllegalArgumentException("max-reject-rate is %s: expected 0 to 1".formatted(rate));
        }
        this.maxRejectRate = rate;
        return this;
    }

    /** Whether to keep the confidence of every pixel. Default: no. */
    public LabelImages confidenceMap(ConfidenceMap keep) {
        this.confidenceMap = keep;
        return this;
    }

    /** Name of the run in the table. Default: the time and a random part. */
    public LabelImages runId(String id) {
        if (id.isBlank()) {
            throw new IllegalArgumentException("run-id is empty");
        }
        this.runId = id;
        return this;
    }

    /** Day of the run in the table. Default: today, UTC. */
    public LabelImages runDate(LocalDate date) {
        this.runDate = date;
        return this;
    }

    /** Whether images that an earlier run rejected are tried again; the later row counts. Default: no. */
    public LabelImages rejected(Rejected choice) {
        this.rejected = choice;
        return this;
    }

    /** Images that last changed before are left out; there may be none left. Default: none is. */
    public LabelImages since(Instant time) {
        this.since = time;
        return this;
    }

    /** Who is told, every few seconds, how far the run is. Default: nobody. */
    public LabelImages progress(Consumer<LabelProgress> listener) {
        this.progress = listener;
        return this;
    }

    private static int positive(String option, int value) {
        if (value < 1) {
            throw new IllegalArgumentException("%s is %d: expected at least 1".formatted(option, value));
        }
        return value;
    }

    /**
     * Labels what is to be done, and tells what was done.
     *
     * @throws BadInputException if inputs, truth or output cannot be used; nothing has been labelled then
     * @throws io.fcnspark.weights.ModelException if the model cannot be used
     * @throws io.fcnspark.engine.EngineException if no engine fits
     */
    public LabelReport execute() {
        return StorageFaults.named(this::run);
    }

    private LabelReport run() {
        JavaSparkContext context = begin();
        ModelDescription description = LocalModel.describe(model, context.hadoopConfiguration());
        ModelCheck check = ModelCheck.begin(model, context.hadoopConfiguration());
        ChosenEngine chosen = ChosenEngine.onExecutor(context, request);
        MaskTable table = MaskTable.under(spark, output);
        try (OutputLease lease = OutputLease.acquire(context.hadoopConfiguration(), table.prepare(), runId)) {
            return label(context, description, check, chosen, table, lease);
        }
    }

    /**
     * Tells what {@link #execute} would do, and does nothing. Lists images and compares with the output as it would; of the output
     * it sees whether it can be written, as far as that can be seen without writing.
     *
     * @throws BadInputException as {@link #execute}
     * @throws io.fcnspark.weights.ModelException as {@link #execute}
     * @throws io.fcnspark.engine.EngineException as {@link #execute}
     */
    public LabelPlan plan() {
        return StorageFaults.named(this::planned);
    }

    private LabelPlan planned() {
        JavaSparkContext context = begin();
        try (LocalModel local = LocalModel.fetch(model, context.hadoopConfiguration())) {
            ModelDescription description = ModelBundle.load(local.folder()).description();
            ChosenEngine chosen = ChosenEngine.onExecutor(context, request);
            MaskTable table = MaskTable.under(spark, output);
            table.requireWritable();
            Work work = work(table, description);
            int waves = waves(work.remaining().total());
            return new LabelPlan(
                    work.listed(),
                    work.remaining().total(),
                    waves,
                    waves == 0 ? 0 : tasksOfWave(work, waves),
                    description.identity(),
                    chosen.engine(),
                    chosen.device(),
                    chosen.precision(),
                    chosen.reason(),
                    table.location());
        }
    }

    private JavaSparkContext begin() {
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(output, "output");
        StorageUris.requireNoCredentials(inputs);
        StorageUris.requireNoCredentials(List.of(model, output, truthRoot == null ? "" : truthRoot));
        return JavaSparkContext.fromSparkContext(spark.sparkContext());
    }

    private LabelReport label(
            JavaSparkContext context,
            ModelDescription description,
            ModelCheck check,
            ChosenEngine chosen,
            MaskTable table,
            OutputLease lease) {
        RunColumns run = new RunColumns(description.identity(), chosen.engine(), chosen.precision(), runId, runDate);
        RunLog log = new RunLog(spark, RunTable.under(spark, output), run, chosen.device(), options(chosen));
        LabelReport report;
        try {
            report = label(context, description, check, chosen, run, table, lease);
        } catch (Exception e) {
            log.failed(e);
            throw e;
        }
        log.ended(report, maxRejectRate);
        return report;
    }

    private LabelReport label(
            JavaSparkContext context,
            ModelDescription description,
            ModelCheck check,
            ChosenEngine chosen,
            RunColumns run,
            MaskTable table,
            OutputLease lease) {
        Instant start = Instant.now();
        if (lease.origin() == Origin.TAKEN_OVER) {
            table.discardUncommitted();
        }
        Work work = work(table, description);
        long total = work.remaining().total();
        LOG.info(
                "{} images listed, {} of them to label with {}, {} on {} in {}",
                work.listed(),
                total,
                run.model(),
                chosen.engine(),
                chosen.device(),
                chosen.precision());
        LOG.debug("engine: {}", chosen.reason());

        StageAccumulator stages = new StageAccumulator();
        context.sc().register(stages, "time by stage");
        long unavailable = total == 0 ? 0 : labelRemaining(context, check, work, run, chosen, stages, table, lease);
        return report(table, run, description, work.listed(), total, unavailable, stages.value(), start);
    }

    /** What the table {@code runs} keeps of what was asked for; no URI among it has credentials. */
    private Map<String, String> options(ChosenEngine chosen) {
        Map<String, String> options = new HashMap<>();
        options.put("input", String.join(" ", inputs));
        options.put("model", model);
        options.put("output", output);
        if (truthConvention != null) {
            options.put("labels", truthConvention.classes().name());
        }
        if (truthRoot != null) {
            options.put("truth", truthRoot);
        }
        options.put("engine", request.engineWord());
        options.put("device", request.deviceWord());
        options.put("precision", request.precisionWord());
        options.put("batch", Integer.toString(batch(chosen)));
        options.put("wave-images", Integer.toString(waveImages));
        options.put("max-pixels", Long.toString(maxPixels));
        options.put("tile-pixels", Long.toString(tilePixels));
        options.put("max-reject-rate", Double.toString(maxRejectRate));
        options.put("retry-rejected", Boolean.toString(rejected == Rejected.RETRY));
        options.put("confidence-map", Boolean.toString(confidenceMap == ConfidenceMap.WRITE));
        if (!since.equals(Instant.MIN)) {
            options.put("since", since.toString());
        }
        return options;
    }

    private int batch(ChosenEngine chosen) {
        return batch.orElse(chosen.onGpu() ? GPU_BATCH : 1);
    }

    /**
     * What there is to do.
     *
     * @param listed images that the inputs name
     * @param remaining those to label
     */
    private record Work(long listed, Kept remaining) {}

    private Work work(MaskTable table, ModelDescription description) {
        requireSameClasses(description);
        Kept listing = keep(withTruth(ImageListing.listWithShards(spark, inputs)));
        Dataset<Row> images = listing.rows();
        if (listing.total() == 0) {
            throw new BadInputException(
                    new Setting("inputs"),
                    "no images under %s: expected files that end in %s, or tar shards (.tar, .tar.gz, .tgz) with such files"
                            .formatted(String.join(", ", inputs), ImageNames.endings()));
        }
        requireTruth(images);
        Dataset<Row> undone = table.withoutDone(changedSince(images), description.identity(), rejected);
        Kept remaining = undone == images ? listing : keep(undone);
        return new Work(listing.total(), remaining);
    }

    /** Labels what is to be done; returns how many of them the storage did not give. */
    private long labelRemaining(
            JavaSparkContext context,
            ModelCheck check,
            Work work,
            RunColumns run,
            ChosenEngine chosen,
            StageAccumulator stages,
            MaskTable table,
            OutputLease lease) {
        try (LocalModel local = LocalModel.fetch(model, context.hadoopConfiguration());
                ShippedModel shipped = ShippedModel.of(context, check.finish(local.folder()), local.folder())) {
            if (!shipped.description().identity().equals(run.model())) {
                throw new ModelException("model %s was replaced by %s while this run began: run it again"
                        .formatted(run.model(), shipped.description().identity()));
            }
            LabelPartition partition = new LabelPartition(
                    shipped,
                    run,
                    chosen,
                    truthConvention == null ? null : truthConvention.toJson().toString(),
                    maxPixels,
                    tilePixels,
                    batch(chosen),
                    confidenceMap,
                    new SerializableConfiguration(context.hadoopConfiguration()),
                    context.sc().longAccumulator("images labelled or rejected"),
                    context.sc().longAccumulator("images rejected"),
                    context.sc().longAccumulator("images that the storage did not give"),
                    context.sc().collectionAccumulator("examples of what the storage said"),
                    stages);
            RunMetrics metrics = RunMetrics.show(partition.metrics());
            ProgressReports reports = new ProgressReports(
                    context, partition.done(), work.remaining().total(), progress);
            try {
                commitWaves(work, partition, table, lease);
            } finally {
                reports.close();
                metrics.close();
            }
            long unavailable = partition.unavailable().value();
            if (unavailable > 0) {
                LOG.warn(
                        "{} images could not be read and will be tried again by the next run; for example {}",
                        unavailable,
                        partition.unavailableExamples().value().get(0));
            }
            return unavailable;
        }
    }

    private Dataset<Row> changedSince(Dataset<Row> images) {
        Column modified = col(MasksSchema.IMAGE_MODIFIED);
        // What a list names and is not there has no time.
        return since.equals(Instant.MIN)
                ? images
                : images.filter(modified.isNull().or(modified.geq(lit(Timestamp.from(since)))));
    }

    /**
     * Rows of {@link ListedImage} on the executors' disks.
     *
     * @param files how many of them are files
     * @param entries how many of them are entries of shards
     */
    private record Kept(Dataset<Row> rows, long files, long entries) {
        long total() {
            return files + entries;
        }
    }

    /**
     * Keeps rows on the executors' disks until nobody refers to them, and counts them. As an RDD: Spark's cache of data sets would
     * forget rows that came from the output as soon as a wave is appended to it, and would run hundreds of tasks for a handful of
     * rows; a query that counts would have to be planned and compiled.
     */
    private Kept keep(Dataset<Row> rows) {
        JavaRDD<Row> kept = rows.javaRDD().persist(StorageLevel.DISK_ONLY());
        int place = rows.schema().fieldIndex(ListedRows.PLACE);
        Map<Boolean, Long> counts = kept.map(row -> !row.isNullAt(place)).countByValue();
        return new Kept(
                spark.createDataFrame(kept, rows.schema()),
                counts.getOrDefault(false, 0L),
                counts.getOrDefault(true, 0L));
    }

    private void requireSameClasses(ModelDescription description) {
        if (truthConvention != null
                && truthConvention.classes().size() != description.classes().size()) {
            throw new BadInputException(
                    new Setting("truth"),
                    "model %s has %d classes (%s), but labels '%s' have %d (%s)"
                            .formatted(
                                    description.identity(),
                                    description.classes().size(),
                                    description.classes().name(),
                                    truthConvention.classes().name(),
                                    truthConvention.classes().size(),
                                    String.join(", ", truthConvention.classes().names())));
        }
    }

    private Dataset<Row> withTruth(Dataset<Row> images) {
        return truthRoot == null ? images : TruthFiles.match(spark, images, truthRoot, truthConvention);
    }

    private void requireTruth(Dataset<Row> images) {
        if (truthRoot != null) {
            TruthFiles.requireAny(images, truthRoot, truthConvention);
        } else if (truthConvention != null) {
            TruthFiles.requireAnyInShards(images);
        }
    }

    private void commitWaves(Work work, LabelPartition partition, MaskTable table, OutputLease lease) {
        Waves waves = new Waves(work.remaining().rows(), waves(work.remaining().total()));
        double files = work.remaining().files() / (double) waves.count();
        double entries = work.remaining().entries() / (double) waves.count();
        for (int wave = 0; wave < waves.count(); wave++) {
            JavaRDD<Row> rows = spread(waves.wave(wave), files, entries).mapPartitions(partition);
            lease.requireHeld();
            table.append(spark.createDataFrame(rows, MasksSchema.SCHEMA));
            // By now the executors hold the model natively.
            partition.model().releaseOnExecutors();
            LOG.info(
                    "wave {} of {} committed: {} of {} images",
                    wave + 1,
                    waves.count(),
                    partition.done().value(),
                    work.remaining().total());
        }
    }

    private int waves(long images) {
        return Math.toIntExact((images + waveImages - 1) / waveImages);
    }

    /**
     * Spreads the images of a wave over tasks.
     *
     * @param files how many of them are files, about
     * @param entries how many of them are entries of shards, about
     */
    private JavaRDD<Row> spread(Dataset<Row> images, double files, double entries) {
        DescendingTasks tasks = tasks();
        if (entries == 0) {
            return tasks.of(images.repartition(tasks.pieces(files)).javaRDD());
        }
        JavaRDD<Row> inShards = tasks.of(ListedRows.spread(images.filter(ListedRows.isEntry()), tasks.pieces(entries))
                .javaRDD());
        return files == 0
                ? inShards
                : tasks.of(images.filter(not(ListedRows.isEntry()))
                                .repartition(tasks.pieces(files))
                                .javaRDD())
                        .union(inShards);
    }

    /** How many tasks a wave has, as {@link #spread} makes them. */
    private int tasksOfWave(Work work, int waves) {
        DescendingTasks tasks = tasks();
        return DoubleStream.of(
                        work.remaining().files() / (double) waves,
                        work.remaining().entries() / (double) waves)
                .filter(images -> images > 0)
                .mapToInt(images -> tasks.sizes(tasks.pieces(images)).size())
                .sum();
    }

    private DescendingTasks tasks() {
        return new DescendingTasks(spark.sparkContext().defaultParallelism());
    }

    private LabelReport report(
            MaskTable table,
            RunColumns run,
            ModelDescription description,
            long listed,
            long total,
            long unavailable,
            StageTimes stages,
            Instant start) {
        Dataset<Row> rows = table.rows(col(MasksSchema.RUN_DATE)
                .equalTo(runDate)
                .and(col(MasksSchema.RUN_ID).equalTo(runId)));
        Outcomes outcomes = Outcomes.of(rows);
        Optional<SegmentationMetrics> metrics =
                truthConvention == null ? Optional.empty() : Optional.of(ImageMetrics.of(rows, description.classes()));
        return new LabelReport(
                runId,
                listed,
                outcomes.good(),
                outcomes.errorsByCode(),
                listed - total,
                unavailable,
                total,
                Duration.between(start, Instant.now()),
                run.model(),
                run.engine(),
                run.precision(),
                table.location(),
                metrics,
                stages.millisecondsPerImage(),
                stages.firstLabelled());
    }
}
