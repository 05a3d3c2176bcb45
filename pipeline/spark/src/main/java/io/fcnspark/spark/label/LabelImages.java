package io.fcnspark.spark.label;

import io.fcnspark.engine.ConfidenceMap;
import io.fcnspark.engine.EngineRequest;
import io.fcnspark.engine.Engines;
import io.fcnspark.engine.Segmenter;
import io.fcnspark.errors.BadInputException;
import io.fcnspark.image.ImageDecoder;
import io.fcnspark.labels.LabelConvention;
import io.fcnspark.spark.listing.ImageListing;
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
import org.apache.spark.sql.SparkSession;

/**
 * Labels images with a model: lists them, leaves out what the output already holds, and appends a row for each of the rest, in
 * waves. What the output holds is the only state: interrupted anywhere and executed again, every image has one row.
 */
public final class LabelImages {
    /** Pixels of an image, at most: 100 000 000, for example 10 000 x 10 000. */
    public static final long DEFAULT_MAX_PIXELS = ImageDecoder.DEFAULT_MAX_PIXELS;

    /** Pixels that go through the network in one pass, at most: 2 097 152, for example 2048 x 1024, or Full HD. */
    public static final long DEFAULT_TILE_PIXELS = 1 << 21;

    /** Share of bad images that a run puts up with. */
    public static final double DEFAULT_MAX_REJECT_RATE = 0.05;

    private final SparkSession spark;
    private List<String> inputs = List.of();
    private String model;
    private String output;
    private String truthRoot;
    private LabelConvention truthConvention;
    private String engine = EngineRequest.AUTO;
    private String device = EngineRequest.AUTO;
    private String precision = EngineRequest.AUTO;
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
     * Engine, device ({@code cpu}, {@code gpu}) and precision by name. Default: {@code auto} for each.
     *
     * @throws IllegalArgumentException for a name that does not exist
     */
    public LabelImages engine(String engineName, String deviceName, String precisionName) {
        EngineRequest.of(engineName, deviceName, precisionName).engine().ifPresent(Engines.installed()::named);
        this.engine = engineName;
        this.device = deviceName;
        this.precision = precisionName;
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
        return run().execute();
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
        return run().plan();
    }

    private LabelRun run() {
        return new LabelRun(
                spark,
                new LabelOptions(
                        inputs,
                        Objects.requireNonNull(model, "model"),
                        Objects.requireNonNull(output, "output"),
                        Optional.ofNullable(truthRoot),
                        Optional.ofNullable(truthConvention),
                        engine,
                        device,
                        precision,
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
