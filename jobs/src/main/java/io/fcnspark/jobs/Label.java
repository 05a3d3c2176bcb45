package io.fcnspark.jobs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fcnspark.engine.ConfidenceMap;
import io.fcnspark.engine.Device;
import io.fcnspark.engine.EngineException;
import io.fcnspark.engine.EngineRequest;
import io.fcnspark.engine.Engines;
import io.fcnspark.engine.Precision;
import io.fcnspark.spark.FcnActions;
import io.fcnspark.spark.label.LabelImages;
import io.fcnspark.spark.label.LabelResult;
import io.fcnspark.spark.tables.Rejected;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.SparkConf;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The verb {@code label}: gives every image a mask. */
@Command(
        name = "label",
        description = {
            "Labels every image that the output does not hold yet, and appends a row for each.",
            "Interrupted or failed, it goes on where it was when it is run again.",
            "Wherever an input may be an image, it may be a tar shard (.tar, .tar.gz, .tgz) of images, too."
        },
        footer = {
            "",
            "Examples:",
            "  fcn label --input photos --model models/scenes --output labelled",
            "  fcn label --input s3a://bucket/day=2026-01-31/ --model s3a://bucket/models/street \\",
            "      --output s3a://bucket/labelled -- --master yarn --num-executors 20",
            "  fcn label --input s3a://bucket/day=2026-01-31/ --model s3a://bucket/models/street \\",
            "      --output lake.street.masks --dry-run",
            "  fcn label --input camvid/val --truth camvid/valannot --labels camvid \\",
            "      --model models/camvid --output labelled --json run.json",
            "  fcn label --input s3a://bucket/shards/ --labels camvid --model models/camvid --output"
                    + " s3a://bucket/labelled"
        })
public final class Label implements Callable<Integer>, Interruption.Resumable {
    private static final Logger LOG = LoggerFactory.getLogger(Label.class);

    @Spec
    private CommandSpec spec;

    @Mixin
    private InputOption input;

    @Option(names = "--model", required = true, paramLabel = "BUNDLE", description = "Folder of the model.")
    private String model;

    @Option(
            names = "--output",
            required = true,
            paramLabel = "URI|TABLE",
            description = "Folder of the output, in which the table is the folder 'masks'; or a table of a catalog that"
                    + " Spark knows: CATALOG.NAMESPACE.TABLE, three or more words with dots and without a slash.")
    private String output;

    @ArgGroup(exclusive = false)
    private FolderOrShardTruth truth;

    @Option(
            names = "--engine",
            paramLabel = "NAME",
            description = "auto, onednn, onnxruntime or dl4j; default: ${DEFAULT-VALUE}.")
    private String engine = EngineRequest.AUTO.engineWord();

    @Option(
            names = "--device",
            paramLabel = "NAME",
            description =
                    "auto, cpu or gpu (on a cluster the one that Spark gives to the task); default: ${DEFAULT-VALUE}.")
    private String device = EngineRequest.AUTO.deviceWord();

    @Option(
            names = "--precision",
            paramLabel = "NAME",
            description = "auto, fp32, bf16, fp16, or of a quantised model int8; default: ${DEFAULT-VALUE}.")
    private String precision = EngineRequest.AUTO.precisionWord();

    @Option(
            names = "--batch",
            paramLabel = "N",
            description = "Images per run of the network; only images of the same padded size share one. More than one"
                    + " rarely helps on a CPU. Default: 1 on a CPU, 8 on a GPU.")
    private Integer batch;

    @Option(
            names = "--wave-images",
            paramLabel = "N",
            description = "Images, about, that are committed together: what a failure can lose at most."
                    + " Default: ${DEFAULT-VALUE}.")
    private int waveImages = LabelImages.DEFAULT_WAVE_IMAGES;

    @Option(
            names = "--max-pixels",
            paramLabel = "N",
            description = "Images with more pixels are rejected before they are decoded. Default: ${DEFAULT-VALUE}.")
    private long maxPixels = LabelImages.DEFAULT_MAX_PIXELS;

    @Option(
            names = "--tile-pixels",
            paramLabel = "N",
            description =
                    "Images with more pixels go through the network in overlapping tiles of no more: it bounds the"
                            + " memory of a task. Default: ${DEFAULT-VALUE}, for example 2048x1024.")
    private long tilePixels = LabelImages.DEFAULT_TILE_PIXELS;

    @Option(
            names = "--max-reject-rate",
            paramLabel = "R",
            description = "Share of rejected images, 0 to 1, above which the exit code is 4; what was good is written"
                    + " all the same. Default: ${DEFAULT-VALUE}.")
    private double maxRejectRate = LabelImages.DEFAULT_MAX_REJECT_RATE;

    @Option(
            names = "--retry-rejected",
            description = "Try images again that an earlier run rejected, for example after truth was added or"
                    + " --max-pixels raised; the later row counts.")
    private boolean retryRejected;

    @Option(
            names = "--since",
            paramLabel = "T",
            converter = PointInTime.class,
            description = "Leave out images that last changed before: a date or time, UTC (2026-01-31,"
                    + " 2026-01-31T05:00:00Z), or a duration before now (PT36H, P7D).")
    private Instant since;

    @Option(names = "--confidence-map", description = "Keep the confidence of every pixel, as a PNG in its own column.")
    private boolean confidenceMap;

    @Option(names = "--run-id", paramLabel = "S", description = "Name of the run; default: the time and a random part.")
    private String runId;

    @Option(names = "--run-date", paramLabel = "D", description = "Day of the run, YYYY-MM-DD; default: today, UTC.")
    private LocalDate runDate;

    @Option(
            names = "--dry-run",
            description = "Label nothing and write nothing: print what would be done, and the spark-submit line.")
    private boolean dryRun;

    @Mixin
    private JsonFile json;

    /**
     * Runs the verb and ends the process.
     *
     * @param args its options
     */
    public static void main(String... args) {
        Root.main(new Label(), args);
    }

    @Override
    public String afterInterruption() {
        return "What is committed stays; run the same again to go on";
    }

    @Override
    public Integer call() {
        json.requireFolder();
        EngineRequest request = Usage.check(spec, () -> EngineRequest.of(engine, device, precision));
        Summary summary = new Summary(spec.commandLine().getOut());
        // As spark-submit set it, before a session adds what it finds out for itself.
        SparkConf settings = new SparkConf();
        try (LazySession spark = new LazySession("fcn label")) {
            LabelImages action = Usage.check(spec, () -> describe(FcnActions.onDemand(spark), request, summary));
            BeforeSpark.requireModel(model);
            if (SparkSessions.isLocal(settings)) {
                loadEngine(request);
            }
            if (dryRun) {
                summary.print(action.plan());
                summary.print(SubmitLine.of(settings, verbAndOptions()));
                return ExitCode.DONE;
            }
            LabelResult report = action.execute();
            json.write(withStartup(report));
            summary.print(report);
            if (report.rejectRate() > maxRejectRate) {
                spec.commandLine()
                        .getErr()
                        .printf(
                                "fcn label: %.1f %% of the images were rejected or could not be read, more than"
                                        + " --max-reject-rate %s allows; what was good is written%n",
                                100 * report.rejectRate(), maxRejectRate);
                return ExitCode.OVER_REJECT_RATE;
            }
            return ExitCode.DONE;
        }
    }

    /**
     * The engine's natives are loaded and tried, which takes a second, while Spark starts. What is wrong with them is told when the
     * engine is chosen.
     */
    private static void loadEngine(EngineRequest request) {
        Thread loading = new Thread(
                () -> {
                    try {
                        Engines installed = Engines.installed();
                        request.engine()
                                .ifPresent(name -> installed.named(name).unavailable(Device.CPU, Precision.FP32));
                    } catch (EngineException | IllegalArgumentException e) {
                        LOG.debug("no engine yet", e);
                    }
                },
                "fcn-load-engine");
        loading.setDaemon(true);
        loading.start();
    }

    /** As they were given, argument files included. */
    private List<String> verbAndOptions() {
        return spec.root().commandLine().getParseResult().originalArgs().stream()
                .filter(argument -> !argument.equals("--dry-run"))
                .toList();
    }

    /** The report with two times that begin or end with the first label: from the start of this process, and to now. */
    private static ObjectNode withStartup(LabelResult report) {
        ObjectNode json = report.toJson();
        Instant start =
                Instant.ofEpochMilli(ManagementFactory.getRuntimeMXBean().getStartTime());
        json.put(
                "startup_seconds",
                report.firstLabel().map(label -> seconds(start, label)).orElse(null));
        json.put(
                "seconds_after_startup",
                report.firstLabel().map(label -> seconds(label, Instant.now())).orElse(null));
        return json;
    }

    private static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toMillis() / 1000.0;
    }

    private LabelImages describe(FcnActions actions, EngineRequest request, Summary summary) {
        LabelImages action = actions.labelImages()
                .inputs(input.uris())
                .model(model)
                .output(output)
                .engine(request)
                .waveImages(waveImages)
                .maxPixels(maxPixels)
                .tilePixels(tilePixels)
                .maxRejectRate(maxRejectRate)
                .confidenceMap(confidenceMap ? ConfidenceMap.WRITE : ConfidenceMap.OMIT)
                .rejected(retryRejected ? Rejected.RETRY : Rejected.KEEP)
                .progress(summary::print);
        if (batch != null) {
            action.batch(batch);
        }
        if (since != null) {
            action.since(since);
        }
        if (truth != null) {
            truth.root()
                    .ifPresentOrElse(
                            root -> action.truth(root, truth.convention()),
                            () -> action.truthInShards(truth.convention()));
        }
        if (runId != null) {
            action.runId(runId);
        }
        if (runDate != null) {
            action.runDate(runDate);
        }
        return action;
    }
}
