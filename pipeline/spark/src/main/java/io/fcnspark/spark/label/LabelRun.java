package io.fcnspark.spark.label;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.not;

import io.fcnspark.errors.FcnException;
import io.fcnspark.labelling.StageTimes;
import io.fcnspark.labels.LabelConventions;
import io.fcnspark.metrics.SegmentationMetrics;
import io.fcnspark.spark.listing.ListedRows;
import io.fcnspark.spark.model.ChosenEngine;
import io.fcnspark.spark.model.LocalModel;
import io.fcnspark.spark.model.ModelCheck;
import io.fcnspark.spark.model.ShippedModel;
import io.fcnspark.spark.scheduling.NamedJobs;
import io.fcnspark.spark.scheduling.TaskSlots;
import io.fcnspark.spark.storage.OutputLease;
import io.fcnspark.spark.storage.OutputLease.Origin;
import io.fcnspark.spark.tables.MaskTable;
import io.fcnspark.spark.tables.MasksSchema;
import io.fcnspark.spark.tables.Outcomes;
import io.fcnspark.spark.tables.RunTable;
import io.fcnspark.weights.Model;
import io.fcnspark.weights.ModelBundle;
import io.fcnspark.weights.ModelDescription;
import io.fcnspark.weights.ModelException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.DoubleStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A run as it happens: what there is to label, in waves, each of which is committed; then the report. */
final class LabelRun {
    private static final Logger LOG = LoggerFactory.getLogger(LabelRun.class);

    private static final String LISTING = "list images, and leave out what is done";

    private final SparkSession spark;
    private final JavaSparkContext context;
    private final LabelOptions options;
    private final Consumer<LabelProgress> progress;

    LabelRun(SparkSession spark, LabelOptions options, Consumer<LabelProgress> progress) {
        this.spark = spark;
        this.context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        this.options = options;
        this.progress = progress;
    }

    /** See {@link LabelImages#execute}. */
    LabelReport execute() {
        try (NamedJobs jobs = begin()) {
            ModelDescription description = LocalModel.describe(options.model(), context.hadoopConfiguration());
            ModelCheck check = ModelCheck.begin(options.model(), context.hadoopConfiguration());
            ChosenEngine chosen = chooseEngine(jobs, description);
            MaskTable table = MaskTable.under(spark, options.output());
            try (OutputLease lease =
                    OutputLease.acquire(context.hadoopConfiguration(), table.prepare(), options.runId())) {
                lease.whenLost(jobs::cancel);
                return label(jobs, description, check, chosen, table, lease);
            }
        }
    }

    /** See {@link LabelImages#plan}. */
    LabelPlan plan() {
        try (NamedJobs jobs = begin();
                LocalModel local = LocalModel.fetch(options.model(), context.hadoopConfiguration())) {
            Model model = ModelBundle.load(local.folder());
            warnIfUntrained(model);
            ModelDescription description = model.description();
            ChosenEngine chosen = chooseEngine(jobs, description);
            MaskTable table = MaskTable.under(spark, options.output());
            table.requireWritable();
            jobs.describe(LISTING);
            RemainingImages remaining = RemainingImages.find(spark, options, table, description);
            int waves = waves(remaining);
            return new PlannedRun(
                    remaining.listed(),
                    remaining.total(),
                    remaining.leftOut().byEnding(),
                    waves,
                    waves == 0 ? 0 : tasksOfWave(remaining, waves),
                    description.identity(),
                    chosen.engine(),
                    chosen.device(),
                    chosen.precision(),
                    chosen.reason(),
                    table.location());
        }
    }

    private ShippedModel ship(Model model) {
        warnIfUntrained(model);
        return ShippedModel.of(context, model);
    }

    private static void warnIfUntrained(Model model) {
        if (model.isUntrained()) {
            LOG.warn(
                    "the score layers of {} are zero, to be trained: it labels everything as {}; fine-tune it first",
                    model.description().name(),
                    model.description().classes().names().get(0));
        }
    }

    private NamedJobs begin() {
        return NamedJobs.begin(context.sc(), "fcn label");
    }

    private ChosenEngine chooseEngine(NamedJobs jobs, ModelDescription description) {
        jobs.describe("choose an engine");
        return ChosenEngine.onExecutor(context, description, options.engine());
    }

    private LabelReport label(
            NamedJobs jobs,
            ModelDescription description,
            ModelCheck check,
            ChosenEngine chosen,
            MaskTable table,
            OutputLease lease) {
        RunColumns run = new RunColumns(
                description.identity(), chosen.engine(), chosen.precision(), options.runId(), options.runDate());
        RunLog log = new RunLog(
                spark, RunTable.under(spark, options.output()), run, chosen.device(), options.byName(chosen));
        LabelReport report;
        try {
            report = label(jobs, description, check, chosen, run, table, lease);
            lease.requireHeld();
        } catch (Exception e) {
            if (isLost(lease, e)) {
                // Whatever failed, such as a job that was cancelled. The table of runs is the other run's, too.
                throw lease.takenOver(e);
            }
            log.failed(e);
            throw e;
        }
        jobs.describe("record of the run");
        log.ended(report, options.maxRejectRate());
        return report;
    }

    private static boolean isLost(OutputLease lease, Exception failure) {
        try {
            return lease.isLost();
        } catch (FcnException e) {
            failure.addSuppressed(e);
            return false;
        }
    }

    private LabelReport label(
            NamedJobs jobs,
            ModelDescription description,
            ModelCheck check,
            ChosenEngine chosen,
            RunColumns run,
            MaskTable table,
            OutputLease lease) {
        Instant start = Instant.now();
        if (lease.origin() == Origin.TAKEN_OVER) {
            jobs.describe("discard what another run did not commit");
            table.discardUncommitted();
        }
        jobs.describe(LISTING);
        // Before what is done is looked up: whatever comes in between makes the first commit fail.
        String version = table.version();
        RemainingImages remaining = RemainingImages.find(spark, options, table, description);
        LOG.info(
                "{} images listed, {} of them to label with {}, {} on {} in {}",
                remaining.listed(),
                remaining.total(),
                run.model(),
                chosen.engine(),
                chosen.device(),
                chosen.precision());
        LOG.info("engine: {}", chosen.reason());

        StageAccumulator stages = new StageAccumulator();
        context.sc().register(stages, "time by stage");
        long unavailable = remaining.total() == 0
                ? 0
                : labelRemaining(jobs, check, remaining, run, chosen, stages, table, lease, version);
        jobs.describe("report");
        return report(table, run, description, remaining, unavailable, stages.value(), start);
    }

    /** Labels what is to be done; returns how many of them the storage did not give. */
    private long labelRemaining(
            NamedJobs jobs,
            ModelCheck check,
            RemainingImages remaining,
            RunColumns run,
            ChosenEngine chosen,
            StageAccumulator stages,
            MaskTable table,
            OutputLease lease,
            String version) {
        try (LocalModel local = LocalModel.fetch(options.model(), context.hadoopConfiguration());
                ShippedModel shipped = ship(check.finish(local.folder()))) {
            if (!shipped.description().identity().equals(run.model())) {
                throw new ModelException("model %s was replaced by %s while this run began: run it again"
                        .formatted(run.model(), shipped.description().identity()));
            }
            LabelPartition partition = new LabelPartition(
                    shipped,
                    run,
                    chosen,
                    options.truthConvention()
                            .map(LabelConventions::toJson)
                            .map(Object::toString)
                            .orElse(null),
                    options.maxPixels(),
                    options.tilePixels(),
                    options.batchOn(chosen),
                    options.confidenceMap(),
                    new SerializableConfiguration(context.hadoopConfiguration()),
                    context.sc().longAccumulator("images labelled or rejected"),
                    context.sc().longAccumulator("images rejected"),
                    context.sc().longAccumulator("images that the storage did not give"),
                    context.sc().collectionAccumulator("examples of what the storage said"),
                    stages);
            RunMetrics metrics = RunMetrics.show(partition.metrics());
            ProgressReports reports = new ProgressReports(context, partition.done(), remaining.total(), progress);
            try {
                commitWaves(jobs, remaining, partition, table, lease, version);
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

    /**
     * Labels and commits, wave by wave.
     *
     * @param version of the table, from before it was looked up what remains
     */
    private void commitWaves(
            NamedJobs jobs,
            RemainingImages remaining,
            LabelPartition partition,
            MaskTable table,
            OutputLease lease,
            String version) {
        Waves waves = new Waves(remaining.rows(), waves(remaining));
        double files = remaining.files() / (double) waves.count();
        double entries = remaining.entries() / (double) waves.count();
        String before = version;
        for (int wave = 0; wave < waves.count(); wave++) {
            jobs.describe("wave %d of %d, %s images"
                    .formatted(wave + 1, waves.count(), about(remaining.total() / waves.count())));
            JavaRDD<Row> rows = spread(waves.wave(wave), files, entries).mapPartitions(partition);
            table.append(spark.createDataFrame(rows, MasksSchema.SCHEMA), lease, before);
            before = table.version();
            // By now the executors hold the model natively.
            partition.model().releaseOnExecutors();
            LOG.info(
                    "wave {} of {} committed: {} of {} images",
                    wave + 1,
                    waves.count(),
                    partition.done().value(),
                    remaining.total());
        }
    }

    /** A number for people, such as 20 000. */
    private static String about(long images) {
        return String.format(Locale.ROOT, "%,d", images).replace(',', ' ');
    }

    private int waves(RemainingImages remaining) {
        return Math.toIntExact((remaining.total() + options.waveImages() - 1) / options.waveImages());
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
    private int tasksOfWave(RemainingImages remaining, int waves) {
        DescendingTasks tasks = tasks();
        return DoubleStream.of(remaining.files() / (double) waves, remaining.entries() / (double) waves)
                .filter(images -> images > 0)
                .mapToInt(images -> tasks.sizes(tasks.pieces(images)).size())
                .sum();
    }

    private DescendingTasks tasks() {
        return new DescendingTasks(TaskSlots.expected(context.sc()));
    }

    private LabelReport report(
            MaskTable table,
            RunColumns run,
            ModelDescription description,
            RemainingImages remaining,
            long unavailable,
            StageTimes stages,
            Instant start) {
        Dataset<Row> rows = table.rows(col(MasksSchema.RUN_DATE)
                .equalTo(run.runDate())
                .and(col(MasksSchema.RUN_ID).equalTo(run.runId())));
        Outcomes outcomes = Outcomes.of(rows);
        Optional<SegmentationMetrics> metrics =
                options.truthConvention().map(convention -> ImageMetrics.of(rows, description.classes()));
        return new LabelReport(
                run.runId(),
                remaining.listed(),
                outcomes.good(),
                outcomes.errorsByCode(),
                remaining.listed() - remaining.total(),
                unavailable,
                remaining.leftOut().byEnding(),
                remaining.total(),
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
