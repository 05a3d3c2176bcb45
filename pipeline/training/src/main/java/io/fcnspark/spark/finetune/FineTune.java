package io.fcnspark.spark.finetune;

import io.fcnspark.engine.EngineRequest;
import io.fcnspark.errors.BadInputException;
import io.fcnspark.image.Preprocessing;
import io.fcnspark.labels.LabelConvention;
import io.fcnspark.labels.LabelConventions;
import io.fcnspark.metrics.MetricsState;
import io.fcnspark.metrics.SegmentationMetrics;
import io.fcnspark.network.Backbone;
import io.fcnspark.network.Fcn;
import io.fcnspark.network.Geometry;
import io.fcnspark.network.Variant;
import io.fcnspark.spark.finetune.Checkpoints.Checkpoint;
import io.fcnspark.spark.model.ChosenEngine;
import io.fcnspark.spark.model.LocalModel;
import io.fcnspark.spark.model.ShippedModel;
import io.fcnspark.spark.storage.HadoopFileBytes;
import io.fcnspark.spark.storage.RemoteFolder;
import io.fcnspark.training.ClassFrequencies;
import io.fcnspark.training.EpochResult;
import io.fcnspark.training.Example;
import io.fcnspark.training.Trainer;
import io.fcnspark.training.TrainingData;
import io.fcnspark.training.TrainingHistory;
import io.fcnspark.training.TrainingOptions;
import io.fcnspark.training.TrainingProgress;
import io.fcnspark.weights.Model;
import io.fcnspark.weights.ModelBundle;
import io.fcnspark.weights.ModelDescription;
import io.fcnspark.weights.RandomWeights;
import io.fcnspark.weights.StagedWeights;
import io.fcnspark.weights.TensorSource;
import io.fcnspark.weights.Weights;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Trains a network on images with truth, and writes the model of the best epoch. After every epoch it validates, and keeps a
 * checkpoint; interrupted anywhere, the output holds the best model so far, and the training can be resumed.
 */
public final class FineTune {
    /** How classes count in the loss. */
    public enum ClassWeighting {
        /** Every pixel the same. */
        NONE,
        /** See {@link ClassFrequencies#medianFrequencyWeights}. */
        MEDIAN_FREQUENCY
    }

    /** Number format of the weights in the bundle; training itself is in fp32. */
    public enum SavedAs {
        FP32,
        /** Half the size; the epochs are validated with what is saved. */
        BF16
    }

    /** Pixels of an image, at most: 4096 x 4096. */
    private static final long DEFAULT_MAX_PIXELS = 1 << 24;

    private final SparkSession spark;
    private final TrainingOptions options;
    private List<String> train = List.of();
    private List<String> validation = List.of();
    private Optional<String> truthRoot = Optional.empty();
    private LabelConvention convention;
    private Variant variant;
    private double width = 1;
    private Optional<String> from = Optional.empty();
    private String name;
    private String output;
    private Optional<String> checkpoints = Optional.empty();
    private boolean resume;
    private SavedAs savedAs = SavedAs.FP32;
    private ClassWeighting classWeighting = ClassWeighting.NONE;
    private OptionalInt patience = OptionalInt.empty();
    private long maxPixels = DEFAULT_MAX_PIXELS;
    private Consumer<TrainingProgress> progress = ignored -> {};
    private Consumer<EpochResult> epochDone = ignored -> {};

    private FineTune(SparkSession spark, TrainingOptions options) {
        this.spark = spark;
        this.options = options;
    }

    /** Begins to describe a training. Images, variant, name and output must be set. */
    public static FineTune on(SparkSession spark, TrainingOptions options) {
        return new FineTune(spark, options);
    }

    /** Folders, globs, images and lists, as {@link ImageListing#list}: to learn from, and to validate with. */
    public FineTune images(List<String> trainUris, List<String> validationUris, LabelConvention labels) {
        this.train = List.copyOf(trainUris);
        this.validation = List.copyOf(validationUris);
        this.convention = labels;
        return this;
    }

    /** Folder below which the truth of all images is. Default: the first folder of each of the two sets. */
    public FineTune truth(String root) {
        this.truthRoot = Optional.of(root);
        return this;
    }

    /** A network with random weights, its channel counts scaled; see {@link Backbone}. */
    public FineTune fromScratch(Variant target, double channelWidth) {
        this.variant = target;
        this.width = channelWidth;
        this.from = Optional.empty();
        return this;
    }

    /** A network that goes on from a model: the stage before, the classifier, or a model of other classes. */
    public FineTune from(String bundle, Variant target) {
        this.variant = target;
        this.from = Optional.of(bundle);
        return this;
    }

    /** Folder of the model on any Hadoop file system, and the model's name. */
    public FineTune output(String uri, String modelName) {
        ModelDescription.requireName(modelName);
        this.output = uri;
        this.name = modelName;
        return this;
    }

    /** Folder of the checkpoints on any Hadoop file system. Default: {@code checkpoints} in the output. */
    public FineTune checkpoints(String uri) {
        this.checkpoints = Optional.of(uri);
        return this;
    }

    /** Goes on from the newest checkpoint, if there is one. */
    public FineTune resume() {
        this.resume = true;
        return this;
    }

    /** How classes count in the loss. Default: every pixel the same. */
    public FineTune classWeighting(ClassWeighting weighting) {
        this.classWeighting = weighting;
        return this;
    }

    /** Number format of the weights in the bundle. Default: fp32. */
    public FineTune savedAs(SavedAs format) {
        this.savedAs = format;
        return this;
    }

    /** Stops after so many epochs without a higher mean IU. Default: never. */
    public FineTune patience(int epochs) {
        if (epochs < 1) {
            throw new IllegalArgumentException("patience is %d: expected at least 1".formatted(epochs));
        }
        this.patience = OptionalInt.of(epochs);
        return this;
    }

    /** Files with more pixels are refused. Default: 16 777 216, for validation takes an image in one pass. */
    public FineTune maxPixels(long pixels) {
        this.maxPixels = pixels;
        return this;
    }

    /** Who is told how far an epoch is, and who when it is done. Default: nobody. */
    public FineTune progress(Consumer<TrainingProgress> withinEpoch, Consumer<EpochResult> afterEpoch) {
        this.progress = withinEpoch;
        this.epochDone = afterEpoch;
        return this;
    }

    /**
     * Trains.
     *
     * @throws BadInputException if images, truth, checkpoints or output cannot be used; most of it before training
     * @throws io.fcnspark.weights.ModelException if the model to go on from cannot be used
     * @throws io.fcnspark.training.DivergedException if the loss is no number any more
     */
    public FineTuneReport execute() {
        Objects.requireNonNull(output, "output");
        Objects.requireNonNull(variant, "variant");
        JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        try {
            Path scratch = Files.createTempDirectory("fcn-finetune-");
            try {
                return from.isEmpty() ? train(context, scratch, scratchModel()) : trainFrom(context, scratch);
            } finally {
                deleteFolder(scratch);
            }
        } catch (IOException e) {
            throw new BadInputException("the training's files cannot be kept: " + e, e);
        }
    }

    private FineTuneReport trainFrom(JavaSparkContext context, Path scratch) throws IOException {
        try (LocalModel local = LocalModel.fetch(from.orElseThrow(), context.hadoopConfiguration())) {
            Model source = ModelBundle.load(local.folder());
            ModelDescription description = source.description();
            Fcn given = description.network();
            Fcn network = Fcn.of(variant, given.backbone(), convention.classes().size(), given.geometry());
            return train(
                    context,
                    scratch,
                    new Start(
                            network,
                            description.preprocessing(),
                            StagedWeights.of(source, network, convention.classes())));
        }
    }

    private Start scratchModel() {
        Fcn network =
                Fcn.of(variant, Backbone.vgg16(width), convention.classes().size(), Geometry.SAME);
        return new Start(
                network,
                Preprocessing.TORCH,
                RandomWeights.of(network, options.seed(), RandomWeights.ScoreLayers.ZERO));
    }

    /** What training begins with. */
    private record Start(Fcn network, Preprocessing preprocessing, Weights weights) {}

    private FineTuneReport train(JavaSparkContext context, Path scratch, Start start) throws IOException {
        SerializableConfiguration hadoop = new SerializableConfiguration(context.hadoopConfiguration());
        long pixels = maxPixels;
        TrainingData data = new TrainingData(
                uri -> HadoopFileBytes.forImages(hadoop.value(), pixels).read(uri),
                LabelConventions.toJson(convention).toString(),
                maxPixels,
                start.preprocessing(),
                options.augmentation());
        int numClasses = convention.classes().size();
        List<Example> trainExamples = TrainingExamples.find(spark, train, truthRoot(train), convention);
        List<Example> validationExamples = TrainingExamples.find(spark, validation, truthRoot(validation), convention);
        Checkpoints saved = new Checkpoints(
                RemoteFolder.of(checkpoints.orElse(output + "/checkpoints"), context.hadoopConfiguration()));
        Map<String, String> settings = settings(trainExamples.size());
        Optional<TrainingHistory> newest = newest(saved, settings);
        ClassFrequencies counts = TrainingExamples.check(context, trainExamples, data, numClasses);
        requirePixels(counts, train);
        requirePixels(TrainingExamples.check(context, validationExamples, data, numClasses), validation);
        Optional<Checkpoint> checkpoint =
                newest.isEmpty() ? Optional.empty() : Optional.of(saved.load(newest.get(), scratch));
        double[] classWeights = new double[numClasses];
        Arrays.fill(classWeights, 1);
        Trainer trainer = new Trainer(
                context,
                start.network(),
                checkpoint.map(Checkpoint::weights).orElse(start.weights()),
                options,
                data,
                trainExamples,
                classWeighting == ClassWeighting.NONE ? classWeights : counts.medianFrequencyWeights());
        checkpoint.ifPresent(c -> trainer.resumeAfter(c.history().epochs().size(), c.optimiserState()));
        TrainingHistory history = checkpoint.map(Checkpoint::history).orElse(new TrainingHistory(settings, List.of()));
        ChosenEngine engine = ChosenEngine.onExecutor(context, describe(start, 0, "0".repeat(64)), EngineRequest.AUTO);
        RemoteFolder bundle = RemoteFolder.of(output, context.hadoopConfiguration());
        while (history.epochs().size() < options.epochs() && !exhausted(history)) {
            history = epoch(context, trainer, history, start, data, validationExamples, engine, bundle, scratch);
            saved.save(history, trainer.weights(), trainer.optimiserState(), scratch);
        }
        try (LocalModel best = LocalModel.fetch(output, context.hadoopConfiguration())) {
            return new FineTuneReport(
                    ModelBundle.describe(best.folder()).identity(),
                    bundle.toString(),
                    history.best().orElseThrow(),
                    history);
        }
    }

    private TrainingHistory epoch(
            JavaSparkContext context,
            Trainer trainer,
            TrainingHistory before,
            Start start,
            TrainingData data,
            List<Example> validationExamples,
            ChosenEngine engine,
            RemoteFolder bundle,
            Path scratch)
            throws IOException {
        int epoch = before.epochs().size() + 1;
        long begin = System.nanoTime();
        double loss = trainer.epoch(epoch, progress);
        double trainingSeconds = (System.nanoTime() - begin) / 1e9;
        Path folder = scratch.resolve("model");
        List<TensorSource> weights = TensorSource.of(trainer.weights());
        ModelDescription description = ModelBundle.save(
                folder,
                sha256 -> describe(start, epoch, sha256),
                savedAs == SavedAs.FP32
                        ? weights
                        : weights.stream().map(TensorSource::inBf16).toList());
        SegmentationMetrics metrics = validate(context, folder, description, validationExamples, engine, data);
        EpochResult result = new EpochResult(
                epoch,
                trainer.learningRate(epoch),
                loss,
                metrics.pixelAccuracy().orElseThrow(),
                metrics.meanIou().orElseThrow(),
                (System.nanoTime() - begin) / 1e9,
                trainer.imagesOfEpoch() / trainingSeconds);
        TrainingHistory history = before.plus(result);
        if (history.best().orElseThrow().equals(result)) {
            bundle.put(ModelBundle.weightsFile(folder), ModelBundle.WEIGHTS_FILE);
            bundle.put(folder.resolve(ModelBundle.DESCRIPTION_FILE), ModelBundle.DESCRIPTION_FILE);
        }
        bundle.putText(history.toJson(), TrainingHistory.FILE);
        epochDone.accept(result);
        return history;
    }

    private ModelDescription describe(Start start, int epoch, String sha256) {
        Map<String, String> provenance = new LinkedHashMap<>();
        provenance.put("made_by", "fcn finetune");
        provenance.put("epoch", Integer.toString(epoch));
        from.ifPresent(bundle -> provenance.put("from", bundle));
        return new ModelDescription(
                name, start.network().architecture(), convention.classes(), start.preprocessing(), sha256, provenance);
    }

    private SegmentationMetrics validate(
            JavaSparkContext context,
            Path folder,
            ModelDescription description,
            List<Example> examples,
            ChosenEngine engine,
            TrainingData data) {
        try (ShippedModel shipped = ShippedModel.of(context, description, folder)) {
            ValidationPartition partition = new ValidationPartition(shipped, description.identity(), engine, data);
            int tasks = Math.min(examples.size(), context.defaultParallelism());
            MetricsState state = context.parallelize(examples, tasks)
                    .mapPartitions(part -> List.of(partition.measure(part)).iterator())
                    .reduce(MetricsState::plus);
            return SegmentationMetrics.of(state, convention.classes());
        }
    }

    private boolean exhausted(TrainingHistory history) {
        return patience.isPresent()
                && history.best().isPresent()
                && history.epochs().size() - history.best().get().epoch() >= patience.getAsInt();
    }

    private Optional<TrainingHistory> newest(Checkpoints saved, Map<String, String> settings) throws IOException {
        Optional<TrainingHistory> newest = saved.newest();
        if (newest.isPresent() && !resume) {
            throw new BadInputException(
                    "%s holds checkpoints of a training: resume it, or name another folder, or delete it"
                            .formatted(saved.folder()));
        }
        if (newest.isPresent() && !newest.get().options().equals(settings)) {
            throw new BadInputException("the checkpoints in %s are of a training with other settings: %s"
                    .formatted(saved.folder(), differences(newest.get().options(), settings)));
        }
        return newest;
    }

    private static String differences(Map<String, String> before, Map<String, String> now) {
        return before.entrySet().stream()
                .filter(setting -> !setting.getValue().equals(now.get(setting.getKey())))
                .map(setting -> "%s was %s and is %s"
                        .formatted(setting.getKey(), setting.getValue(), now.get(setting.getKey())))
                .reduce((a, b) -> a + ", " + b)
                .orElse("some are new");
    }

    /** All that the weights of an epoch depend on, but for the files themselves. */
    private Map<String, String> settings(int images) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("variant", variant.id());
        from.ifPresentOrElse(
                bundle -> settings.put("from", bundle), () -> settings.put("width", Double.toString(width)));
        settings.put("classes", String.join(" ", convention.classes().names()));
        settings.put("images", Integer.toString(images));
        settings.put("class_weights", classWeighting.name());
        settings.putAll(options.toMap());
        return settings;
    }

    private String truthRoot(List<String> inputs) {
        return truthRoot.orElseGet(() -> inputs.get(0));
    }

    private static void requirePixels(ClassFrequencies counts, List<String> inputs) {
        if (counts.total() == 0) {
            throw new BadInputException(
                    "the truth of %s has no pixel that counts: all are ignored".formatted(String.join(", ", inputs)));
        }
    }

    private static void deleteFolder(Path folder) {
        try (var paths = Files.walk(folder)) {
            for (Path path : paths.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + folder, e);
        }
    }
}
