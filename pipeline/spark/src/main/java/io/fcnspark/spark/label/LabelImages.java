package io.fcnspark.spark.label;

import io.fcnspark.engine.ConfidenceMap;
import io.fcnspark.engine.EngineRequest;
import io.fcnspark.engine.Engines;
import io.fcnspark.engine.Segmenter;
import io.fcnspark.errors.BadInputException;
import io.fcnspark.errors.Checked;
import io.fcnspark.errors.Setting;
import io.fcnspark.errors.SettingException;
import io.fcnspark.image.ImageDecoder;
import io.fcnspark.labels.LabelConvention;
import io.fcnspark.spark.listing.ImageListing;
import io.fcnspark.spark.storage.StorageFaults;
import io.fcnspark.spark.tables.Rejected;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;

/**
 * Labels images with a model: lists them, leaves out what the output already holds, and appends a row for each of the rest, in
 * waves. What the output holds is the only state: interrupted anywhere and executed again, every image has one row.
 */
public final class LabelImages {
    /** Images, about, that are committed together: {@value}. */
    public static final int DEFAULT_WAVE_IMAGES = 20_000;

    /** Pixels of an image, at most: 100 000 000, for example 10 000 x 10 000. */
    public static final long DEFAULT_MAX_PIXELS = ImageDecoder.DEFAULT_MAX_PIXELS;

    /** Pixels that go through the network in one pass, at most: 2 097 152, for example 2048 x 1024, or Full HD. */
    public static final long DEFAULT_TILE_PIXELS = 1 << 21;

    /** Share of bad images that a run puts up with. */
    public static final double DEFAULT_MAX_REJECT_RATE = 0.05;

    private static final Setting INPUTS = new Setting("inputs");
    private static final Setting MODEL = new Setting("model");
    private static final Setting OUTPUT = new Setting("output");
    private static final Setting TRUTH = new Setting("truth");

    private final Supplier<SparkSession> session;
    private List<String> inputs = List.of();
    private String model;
    private String output;
    private String truthRoot;
    private LabelConvention truthConvention;
    private EngineRequest engine = EngineRequest.AUTO;
    private OptionalInt batch = OptionalInt.empty();
    private int waveImages = DEFAULT_WAVE_IMAGES;
    private long maxPixels = DEFAULT_MAX_PIXELS;
    private double maxRejectRate = DEFAULT_MAX_REJECT_RATE;
    private long tilePixels = DEFAULT_TILE_PIXELS;
    private ConfidenceMap confidenceMap = ConfidenceMap.OMIT;
    private String runId = newRunId();
    private LocalDate runDate = LocalDate.now(ZoneOffset.UTC);
    private Rejected rejected = Rejected.KEEP;
    private Instant since = Instant.MIN;
    private Consumer<LabelProgress> progress = done -> {};

    private LabelImages(Supplier<SparkSession> session) {
        this.session = session;
    }

    /** What {@link io.fcnspark.spark.FcnActions#labelImages} calls. */
    public static LabelImages on(Supplier<SparkSession> session) {
        return new LabelImages(session);
    }

    private static String newRunId() {
        String now = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'")
                .withZone(ZoneOffset.UTC)
                .format(Instant.now());
        return now + "-" + UUID.randomUUID().toString().substring(0, 8);
    }

    /** Folders, globs, single images, tar shards and lists; see {@link ImageListing#listWithShards}. */
    public LabelImages inputs(List<String> uris) {
        this.inputs = Checked.notEmpty(INPUTS, uris);
        return this;
    }

    /** Folder of a model bundle on any Hadoop file system. */
    public LabelImages model(String uri) {
        this.model = Checked.required(MODEL, uri);
        return this;
    }

    /**
     * Folder of the output on any Hadoop file system, in which the table is the folder {@code masks}; or the name of a table in a
     * catalog that Spark knows, {@code CATALOG.NAMESPACE.TABLE}.
     */
    public LabelImages output(String uriOrTable) {
        this.output = Checked.required(OUTPUT, uriOrTable);
        return this;
    }

    /** Folder of the truth to compare with, and how it is stored. Default: none. */
    public LabelImages truth(String root, LabelConvention convention) {
        this.truthRoot = Checked.required(TRUTH, root);
        this.truthConvention = Checked.required(TRUTH, convention);
        return this;
    }

    /** That truth to compare with lies in the shards, beside the images, and how it is stored. Default: there is none. */
    public LabelImages truthInShards(LabelConvention convention) {
        this.truthRoot = null;
        this.truthConvention = Checked.required(TRUTH, convention);
        return this;
    }

    /**
     * Engine, device and precision; on a cluster, the GPU is the one that Spark gives to the task. Default: {@link
     * EngineRequest#AUTO}.
     *
     * @throws IllegalArgumentException if the engine does not exist
     */
    public LabelImages engine(EngineRequest request) {
        request.engine().ifPresent(Engines.installed()::named);
        this.engine = request;
        return this;
    }

    /**
     * Images per run of the network, at most; only images of the same padded size share one. Default: 1 on a CPU, 8 on a
     * GPU.
     */
    public LabelImages batch(int images) {
        this.batch = OptionalInt.of(Checked.positive(new Setting("batch"), images));
        return this;
    }

    /** Images, about, that are committed together. Default: {@value #DEFAULT_WAVE_IMAGES}. */
    public LabelImages waveImages(int images) {
        this.waveImages = Checked.positive(new Setting("waveImages"), images);
        return this;
    }

    /** Images with more pixels are rejected. Default: {@link #DEFAULT_MAX_PIXELS}. */
    public LabelImages maxPixels(long pixels) {
        this.maxPixels = Checked.within(new Setting("maxPixels"), 1, ImageDecoder.LARGEST_MAX_PIXELS, pixels);
        return this;
    }

    /**
     * Images with more pixels go through the network in overlapping tiles of no more than so many. Default:
     * {@link #DEFAULT_TILE_PIXELS}.
     */
    public LabelImages tilePixels(long pixels) {
        try {
            Segmenter.tiling(pixels);
        } catch (IllegalArgumentException e) {
            throw new SettingException(new Setting("tilePixels"), "is too small: " + e.getMessage(), e);
        }
        this.tilePixels = pixels;
        return this;
    }

    /**
     * Share of rejected and unavailable images, 0 … 1, above which the table {@code runs} says that there were too many. Default:
     * {@value #DEFAULT_MAX_REJECT_RATE}.
     */
    public LabelImages maxRejectRate(double rate) {
        this.maxRejectRate = Checked.share(new Setting("maxRejectRate"), rate);
        return this;
    }

    /** Whether to keep the confidence of every pixel. Default: no. */
    public LabelImages confidenceMap(ConfidenceMap keep) {
        this.confidenceMap = Objects.requireNonNull(keep);
        return this;
    }

    /** Name of the run in the table. Default: the time and a random part. */
    public LabelImages runId(String id) {
        if (id.isBlank()) {
            throw new SettingException(new Setting("runId"), "is blank: expected a name");
        }
        this.runId = id;
        return this;
    }

    /** Day of the run in the table. Default: today, UTC. */
    public LabelImages runDate(LocalDate date) {
        this.runDate = Objects.requireNonNull(date);
        return this;
    }

    /** Whether images that an earlier run rejected are tried again; the later row counts. Default: no. */
    public LabelImages rejected(Rejected choice) {
        this.rejected = Objects.requireNonNull(choice);
        return this;
    }

    /** Images that last changed before are left out; there may be none left. Default: none is. */
    public LabelImages since(Instant time) {
        this.since = Objects.requireNonNull(time);
        return this;
    }

    /** Who is told, every few seconds, how far the run is. Default: nobody. */
    public LabelImages progress(Consumer<LabelProgress> listener) {
        this.progress = Objects.requireNonNull(listener);
        return this;
    }

    /**
     * Labels what is to be done, and says what was done.
     *
     * @throws SettingException if inputs, model or output are not set
     * @throws BadInputException if inputs or truth cannot be used; nothing has been labelled then
     * @throws io.fcnspark.weights.ModelException if the model cannot be used
     * @throws io.fcnspark.engine.EngineException if no engine fits
     * @throws io.fcnspark.errors.OutputException if the output cannot be written, or another run is writing it
     * @throws io.fcnspark.errors.StorageException if the storage failed; what was committed stays, and the same run goes on there
     */
    public LabelResult execute() {
        LabelRun run = run();
        return StorageFaults.named(run::execute);
    }

    /**
     * Tells what {@link #execute} would do, and does nothing. Lists images and compares with the output as it would; of the output
     * it sees whether it can be written, as far as that can be seen without writing.
     *
     * @throws SettingException as {@link #execute}
     * @throws io.fcnspark.errors.FcnException as {@link #execute}
     */
    public LabelPlan plan() {
        LabelRun run = run();
        return StorageFaults.named(run::plan);
    }

    private LabelRun run() {
        return new LabelRun(
                session.get(),
                new LabelOptions(
                        Checked.notEmpty(INPUTS, inputs),
                        Checked.required(MODEL, model),
                        Checked.required(OUTPUT, output),
                        Optional.ofNullable(truthRoot),
                        Optional.ofNullable(truthConvention),
                        engine,
                        batch,
                        waveImages,
                        maxPixels,
                        maxRejectRate,
                        tilePixels,
                        confidenceMap,
                        runId,
                        runDate,
                        rejected,
                        since),
                progress);
    }
}
