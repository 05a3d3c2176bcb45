package io.fcnspark.spark.quantise;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.xxhash64;

import io.fcnspark.engine.Device;
import io.fcnspark.engine.EngineException;
import io.fcnspark.engine.EngineProvider;
import io.fcnspark.engine.Engines;
import io.fcnspark.engine.Precision;
import io.fcnspark.errors.BadInputException;
import io.fcnspark.image.ImageDecoder;
import io.fcnspark.image.ImageException;
import io.fcnspark.image.Region;
import io.fcnspark.image.RgbImage;
import io.fcnspark.labelling.FileBytes;
import io.fcnspark.labelling.ListedImage;
import io.fcnspark.labels.LabelConvention;
import io.fcnspark.labels.Mask;
import io.fcnspark.labels.TruthDecoder;
import io.fcnspark.quantise.Comparison;
import io.fcnspark.quantise.Example;
import io.fcnspark.quantise.QuantisedWeights;
import io.fcnspark.quantise.Quantiser;
import io.fcnspark.spark.listing.ImageListing;
import io.fcnspark.spark.listing.ListedRows;
import io.fcnspark.spark.listing.TruthFiles;
import io.fcnspark.spark.model.LocalModel;
import io.fcnspark.spark.storage.HadoopFileBytes;
import io.fcnspark.weights.Model;
import io.fcnspark.weights.ModelBundle;
import io.fcnspark.weights.ModelDescription;
import io.fcnspark.weights.Quantisation;
import io.fcnspark.weights.TensorSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Makes a model of integers from a model of real numbers and a sample of images, in this process. Images are chosen by a hash
 * of their URIs, so the same images give the same model.
 */
public final class QuantiseModel {
    private static final int CALIBRATED = 64;
    private static final int COMPARED = 256;

    /** Images by which layers are compared when too much was lost. */
    private static final int BLAMED = 8;

    /** Height and width of the part of an image that is looked at. */
    private static final int LARGEST = 1024;

    private final Supplier<SparkSession> session;
    private String model;
    private List<String> images = List.of();
    private Optional<String> truthRoot = Optional.empty();
    private Optional<LabelConvention> convention = Optional.empty();
    private double maxDrop = 0.005;
    private Path output;

    private QuantiseModel(Supplier<SparkSession> session) {
        this.session = session;
    }

    /** See {@link io.fcnspark.spark.FcnActions#quantiseModel}. */
    public static QuantiseModel on(Supplier<SparkSession> session) {
        return new QuantiseModel(session);
    }

    /** Folder of the model, of any file system. Required. */
    public QuantiseModel model(String uri) {
        this.model = uri;
        return this;
    }

    /** Folders, globs, images, or lists of images. Required. */
    public QuantiseModel images(List<String> uris) {
        this.images = List.copyOf(uris);
        return this;
    }

    /** Where truth is. Default: there is none, and labels are compared with those in fp32. */
    public QuantiseModel truth(String root, LabelConvention how) {
        this.truthRoot = Optional.of(root);
        this.convention = Optional.of(how);
        return this;
    }

    /**
     * The most that may be lost: of mean IU where there is truth, else of labels, 0 to 1. Default: 0.005.
     *
     * @throws IllegalArgumentException if it is not in that range
     */
    public QuantiseModel maxDrop(double drop) {
        if (!(drop >= 0 && drop <= 1)) {
            throw new IllegalArgumentException("the drop that is allowed is %s: expected 0 to 1".formatted(drop));
        }
        this.maxDrop = drop;
        return this;
    }

    /** Folder of the new model, on this machine; a model that is there is replaced. Required. */
    public QuantiseModel output(Path folder) {
        this.output = folder;
        return this;
    }

    /**
     * Quantises, compares, and saves the model if it loses no more than it may.
     *
     * @throws BadInputException if the images cannot be used
     * @throws io.fcnspark.weights.ModelException if the model cannot, or the output cannot be written
     * @throws EngineException if no engine computes in int8 here
     */
    public QuantiseReport execute() {
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(output, "output");
        SparkSession spark = session.get();
        Configuration configuration = spark.sparkContext().hadoopConfiguration();
        EngineProvider engine = engine();
        int threads = Runtime.getRuntime().availableProcessors();
        try (LocalModel local = LocalModel.fetch(model, configuration)) {
            Model real = ModelBundle.load(local.folder());
            real.requireReal("quantisation");
            Sample sample = sample(spark, real.description(), configuration);
            List<RgbImage> calibrated =
                    sample.calibrated().stream().map(Example::image).toList();
            QuantisedWeights made = Quantiser.quantise(real, engine, threads, calibrated);
            Comparison comparison = Comparison.of(real, made.model(real), engine, threads, sample.compared());
            boolean good = comparison.drop() <= maxDrop;
            return new QuantiseReport(
                    good
                            ? Optional.of(save(real, made, calibrated.size(), comparison)
                                    .identity())
                            : Optional.empty(),
                    calibrated.size(),
                    sample.unreadable(),
                    made.clipping(),
                    comparison,
                    good ? Map.of() : costs(real, made, engine, threads, sample.compared()));
        }
    }

    private static EngineProvider engine() {
        List<String> obstacles = new ArrayList<>();
        for (EngineProvider engine : Engines.installed().providers()) {
            Optional<String> obstacle = engine.unavailable(Device.CPU, Precision.INT8);
            if (obstacle.isEmpty()) {
                return engine;
            }
            obstacles.add("%s: %s".formatted(engine.name(), obstacle.get()));
        }
        throw new EngineException(
                "what a model keeps in int8 has to be measured, and no engine computes in int8 here; use a processor with VNNI or AMX. "
                        + String.join("; ", obstacles));
    }

    private record Sample(List<Example> calibrated, List<Example> compared, int unreadable) {}

    private Sample sample(SparkSession spark, ModelDescription description, Configuration configuration) {
        convention.ifPresent(how -> requireSameClasses(description, how));
        Dataset<Row> listed =
                ImageListing.listWithShards(spark, images).images().filter(not(ListedRows.isEntry()));
        if (truthRoot.isPresent()) {
            LabelConvention how = convention.orElseThrow();
            listed = TruthFiles.match(spark, listed, truthRoot.get(), how);
            TruthFiles.requireAny(listed, truthRoot.get(), how);
        }
        List<ListedImage> chosen =
                listed
                        .orderBy(xxhash64(col("image")), col("image"))
                        .limit(CALIBRATED + COMPARED)
                        .collectAsList()
                        .stream()
                        .map(ListedRows::image)
                        .toList();
        Decoding decoding = new Decoding(configuration, convention);
        List<Example> examples = new ArrayList<>();
        for (ListedImage image : chosen) {
            decoding.example(image).ifPresent(examples::add);
        }
        if (examples.size() < 2) {
            throw new BadInputException(
                    "of %d images under %s %d can be read; expected two at least, one to calibrate on and one to compare"
                            .formatted(chosen.size(), String.join(", ", images), examples.size()));
        }
        int calibrated = Math.min(CALIBRATED, examples.size() / 2);
        return new Sample(
                examples.subList(0, calibrated),
                examples.subList(calibrated, examples.size()),
                chosen.size() - examples.size());
    }

    private static void requireSameClasses(ModelDescription description, LabelConvention how) {
        if (how.classes().size() != description.classes().size()) {
            throw new BadInputException("model %s has %d classes, but labels '%s' have %d"
                    .formatted(
                            description.identity(),
                            description.classes().size(),
                            how.classes().name(),
                            how.classes().size()));
        }
    }

    /** Reads the middle of images, and of their truth where there is any. */
    private record Decoding(FileBytes files, ImageDecoder images, Optional<TruthDecoder> truth) {
        Decoding(Configuration configuration, Optional<LabelConvention> convention) {
            this(
                    HadoopFileBytes.forImages(configuration, ImageDecoder.DEFAULT_MAX_PIXELS),
                    new ImageDecoder(ImageDecoder.DEFAULT_MAX_PIXELS),
                    convention.map(how -> new TruthDecoder(how, ImageDecoder.DEFAULT_MAX_PIXELS)));
        }

        /** Empty if it cannot be read. */
        Optional<Example> example(ListedImage listed) {
            try {
                RgbImage image = images.decode(files.read(listed.file().uri()));
                Region middle = middle(image.width(), image.height());
                if (truth.isEmpty() || listed.truth() == null) {
                    return Optional.of(new Example(image.crop(middle), Optional.empty()));
                }
                Mask mask = truth.get().decode(files.read(listed.truth()));
                return mask.width() == image.width() && mask.height() == image.height()
                        ? Optional.of(new Example(image.crop(middle), Optional.of(mask.crop(middle))))
                        : Optional.empty();
            } catch (IOException | ImageException e) {
                return Optional.empty();
            }
        }

        private static Region middle(int width, int height) {
            int shownWidth = Math.min(width, LARGEST);
            int shownHeight = Math.min(height, LARGEST);
            return new Region((width - shownWidth) / 2, (height - shownHeight) / 2, shownWidth, shownHeight);
        }
    }

    private ModelDescription save(Model real, QuantisedWeights made, int calibrated, Comparison comparison) {
        Map<String, String> provenance = new LinkedHashMap<>();
        provenance.put("made_by", "fcn quantise");
        provenance.put(Quantisation.FROM, real.description().identity());
        provenance.put("calibrated_on", calibrated + " images");
        provenance.put("clipping", made.clipping().id());
        provenance.put("labels_kept", Double.toString(comparison.labelsKept()));
        comparison.before().ifPresent(iou -> provenance.put("mean_iou_before", Double.toString(iou)));
        comparison.after().ifPresent(iou -> provenance.put("mean_iou_after", Double.toString(iou)));
        return ModelBundle.save(
                output,
                sha256 -> made.describe(real.description(), sha256, provenance),
                TensorSource.of(made.weights()));
    }

    private static Map<String, Double> costs(
            Model real, QuantisedWeights made, EngineProvider engine, int threads, List<Example> examples) {
        List<Example> few = examples.subList(0, Math.min(BLAMED, examples.size()));
        Map<String, Double> costs = new TreeMap<>();
        for (String layer : made.quantisation().layers()) {
            Comparison alone = Comparison.of(real, made.only(layer, real), engine, threads, few);
            costs.put(layer, 1 - alone.labelsKept());
        }
        Map<String, Double> sorted = new LinkedHashMap<>();
        costs.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                .forEach(cost -> sorted.put(cost.getKey(), cost.getValue()));
        return sorted;
    }
}
