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
import io.fcnspark.spark.finetune.CheckpointsException.Remedy;
import io.fcnspark.spark.finetune.FineTuneResult.End;
import io.fcnspark.spark.model.ChosenEngine;
import io.fcnspark.spark.model.LocalModel;
import io.fcnspark.spark.model.RemoteBundle;
import io.fcnspark.spark.model.ShippedModel;
import io.fcnspark.spark.scheduling.NamedJobs;
import io.fcnspark.spark.scheduling.TaskSlots;
import io.fcnspark.spark.storage.HadoopFileBytes;
import io.fcnspark.spark.storage.RemoteFolder;
import io.fcnspark.training.ClassFrequencies;
import io.fcnspark.training.EpochResult;
import io.fcnspark.training.Example;
import io.fcnspark.training.Trainer;
import io.fcnspark.training.TrainingData;
import io.fcnspark.training.TrainingHistory;
import io.fcnspark.training.TrainingOptions;
import io.fcnspark.training.TrainingOptions.Schedule;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Trains a network on images with truth, and writes the model of the best epoch. After every epoch it validates, and keeps a
 * checkpoint; interrupted anywhere, the output holds the best model so far, and the training can be resumed.
 */
public final class FineTune {
    /** Number format of the weights in the bundle; training itself is in fp32. */
    public enum SavedAs {
        FP32,
        /** Half the size; the epochs are validated with what is saved. */
        BF16
    }

    /** Keys of a history's options that are treated apart. */
    private static final String IMAGES = "images";

    private static final String EPOCHS = "epochs";

    /** Pixels of an image, at most: 4096 x 4096. */
    private static final long DEFAULT_MAX_PIXELS = 1 << 24;

    /** Number format of the weights, unless another is asked for. */
    public static final SavedAs DEFAULT_SAVED_AS = SavedAs.FP32;

    private final Supplier<SparkSession> session;
    private TrainingOptions options = TrainingOptions.defaults();
    private List<String> train = List.of();
    private List<String> validation = List.of();
    private Optional<String> truthRoot = Optional.empty();
    private LabelConvention convention;
    private Variant variant;
    private Backbone backbone;
    private Optional<String> from = Optional.empty();
    private String name;
    private String output;
    private Optional<String> checkpoints = Optional.empty();
    private boolean resume;
    private SavedAs savedAs = DEFAULT_SAVED_AS;
    private long maxPixels = DEFAULT_MAX_PIXELS;
    private Consumer<TrainingProgress> progress = ignored -> {};
    private Consumer<EpochResult> epochDone = ignored -> {};

    FineTune(Supplier<SparkSession> session) {
        this.session = session;
    }

    /** How to train. Default: {@link TrainingOptions#defaults}. */
    public FineTune options(TrainingOptions trainingOptions) {
        this.options = trainingOptions;
        return this;
    }

    /** Folders, globs, images and lists, as {@link io.fcnspark.spark.listing.ImageListing#list}: to learn from, and to validate with. */
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

    /** A network with random weights. */
    public FineTune fromScratch(Variant target, Backbone network) {
        this.variant = target;
        this.backbone = network;
        this.from = Optional.empty();
        return this;
    }

    /** A network that goes on from a model: the stage before, the classifier, or a model of other classes. */
    public FineTune from(String bundle, Variant target) {
        this.variant = target;
        this.backbone = null;
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

    /** Number format of the weights in the bundle. Default: fp32. */
    public FineTune savedAs(SavedAs format) {
        this.savedAs = format;
        return this;
    }

    /** Files with more pixels are refused. Default: 16 777 216, for validation takes an image in one pass. */
    public FineTune maxPixels(long pixels) {
        if (pixels < 1) {
            throw new IllegalArgumentException("max pixels is %d: expected at least 1".formatted(pixels));
        }
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
     * @throws BadInputException if images, truth or output cannot be used; most of it before training
     * @throws CheckpointsException as {@link #requireUsableCheckpoints}
     * @throws io.fcnspark.weights.ModelException if the model to go on from cannot be used
     * @throws io.fcnspark.training.DivergedException if the loss is no number any more
     */
    public FineTuneResult execute() {
        requireComplete();
        SparkSession spark = session.get();
        JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        try (NamedJobs jobs = NamedJobs.begin(context.sc(), "fcn finetune")) {
            requireUsableCheckpoints(context.hadoopConfiguration());
            Path scratch = Files.createTempDirectory("fcn-finetune-");
            try {
                return from.isEmpty() ? train(jobs, spark, scratch, scratchModel()) : trainFrom(jobs, spark, scratch);
            } finally {
                deleteFolder(scratch);
            }
        } catch (IOException e) {
            throw new BadInputException("the training's files cannot be kept: " + e, e);
        }
    }

    /**
     * Compares the checkpoints that are there, if any, with what is asked for; {@link #execute} does so, too. It needs no Spark, and
     * so tells early what is wrong.
     *
     * @throws CheckpointsException if there are checkpoints of a training that is not to be resumed, or that cannot be resumed so
     * @throws IOException if their folder cannot be read
     */
    public void requireUsableCheckpoints(Configuration hadoop) throws IOException {
        requireComplete();
        Checkpoints saved = checkpoints(hadoop);
        Optional<TrainingHistory> newest = saved.newest();
        if (newest.isPresent()) {
            requireUsable(saved, newest.get(), settings());
        }
    }

    private void requireComplete() {
        Objects.requireNonNull(convention, "images");
        Objects.requireNonNull(output, "output");
        Objects.requireNonNull(variant, "fromScratch, or from");
    }

    private Checkpoints checkpoints(Configuration hadoop) throws IOException {
        return new Checkpoints(RemoteFolder.of(checkpoints.orElse(output + "/checkpoints"), hadoop));
    }

    private FineTuneResult trainFrom(NamedJobs jobs, SparkSession spark, Path scratch) throws IOException {
        Configuration hadoop = spark.sparkContext().hadoopConfiguration();
        try (LocalModel local = LocalModel.fetch(from.orElseThrow(), hadoop)) {
            Model source = ModelBundle.load(local.folder());
            ModelDescription description = source.description();
            Fcn given = description.network();
            Fcn network = Fcn.of(variant, given.backbone(), convention.classes().size(), given.geometry());
            return train(
                    jobs,
                    spark,
                    scratch,
                    new Start(
                            network,
                            description.preprocessing(),
                            StagedWeights.of(source, network, convention.classes())));
        }
    }

    private Start scratchModel() {
        Fcn network = Fcn.of(variant, backbone, convention.classes().size(), Geometry.SAME);
        return new Start(
                network,
                Preprocessing.TORCH,
                RandomWeights.of(network, options.seed(), RandomWeights.ScoreLayers.ZERO));
    }

    /** What training begins with. */
    private record Start(Fcn network, Preprocessing preprocessing, Weights weights) {}

    private FineTuneResult train(NamedJobs jobs, SparkSession spark, Path scratch, Start start) throws IOException {
        JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        jobs.describe("find and check examples");
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
        Checkpoints saved = checkpoints(context.hadoopConfiguration());
        Map<String, String> settings = settings();
        settings.put(IMAGES, Integer.toString(trainExamples.size()));
        Optional<TrainingHistory> newest = saved.newest();
        if (newest.isPresent()) {
            requireUsable(saved, newest.get(), settings);
        }
        ClassFrequencies counts = TrainingExamples.check(context, trainExamples, data, numClasses);
        requirePixels(counts, train);
        requirePixels(TrainingExamples.check(context, validationExamples, data, numClasses), validation);
        Optional<Checkpoint> checkpoint =
                newest.isEmpty() ? Optional.empty() : Optional.of(saved.load(newest.get(), scratch));
        Trainer trainer = new Trainer(
                context,
                start.network(),
                checkpoint.map(Checkpoint::weights).orElse(start.weights()),
                options,
                data,
                trainExamples,
                counts.weights(options.classWeighting()));
        checkpoint.ifPresent(c -> trainer.resumeAfter(c.history().epochs().size(), c.optimiserState()));
        Epochs epochs = new Epochs(
                jobs,
                context,
                trainer,
                start,
                data,
                validationExamples,
                ChosenEngine.onExecutor(context, describe(start, 0, "0".repeat(64)), EngineRequest.AUTO),
                saved,
                RemoteFolder.of(output, context.hadoopConfiguration()),
                scratch);
        TrainingHistory history = new TrainingHistory(
                settings, checkpoint.map(c -> c.history().epochs()).orElse(List.of()));
        epochs.finish(history);
        while (history.epochs().size() < options.epochs() && !isExhausted(history)) {
            history = epochs.next(history);
        }
        return new FineTuneReport(
                LocalModel.describe(output, context.hadoopConfiguration()).identity(),
                epochs.bundle().toString(),
                history.best().orElseThrow(),
                history,
                history.epochs().size() < options.epochs() ? End.PATIENCE : End.ALL_EPOCHS);
    }

    /** What the epochs of a training have in common. */
    private final class Epochs {
        private final NamedJobs jobs;
        private final JavaSparkContext context;
        private final Trainer trainer;
        private final Start start;
        private final TrainingData data;
        private final List<Example> validationExamples;
        private final ChosenEngine engine;
        private final Checkpoints saved;
        private final RemoteFolder bundle;
        private final Path scratch;

        Epochs(
                NamedJobs jobs,
                JavaSparkContext context,
                Trainer trainer,
                Start start,
                TrainingData data,
                List<Example> validationExamples,
                ChosenEngine engine,
                Checkpoints saved,
                RemoteFolder bundle,
                Path scratch) {
            this.jobs = jobs;
            this.context = context;
            this.trainer = trainer;
            this.start = start;
            this.data = data;
            this.validationExamples = validationExamples;
            this.engine = engine;
            this.saved = saved;
            this.bundle = bundle;
            this.scratch = scratch;
        }

        RemoteFolder bundle() {
            return bundle;
        }

        /** One epoch: trains, validates, keeps a checkpoint, and then, if it is the best so far, makes it the output's model. */
        TrainingHistory next(TrainingHistory before) throws IOException {
            int epoch = before.epochs().size() + 1;
            long begin = System.nanoTime();
            jobs.describe("epoch %d of %d".formatted(epoch, options.epochs()));
            double loss = trainer.epoch(epoch, progress);
            double trainingSeconds = (System.nanoTime() - begin) / 1e9;
            Path folder = model(epoch);
            jobs.describe("validation after epoch %d of %d".formatted(epoch, options.epochs()));
            SegmentationMetrics metrics = validate(context, ModelBundle.load(folder), validationExamples, engine, data);
            EpochResult result = new EpochResult(
                    epoch,
                    trainer.learningRate(epoch),
                    loss,
                    metrics.pixelAccuracy().orElseThrow(),
                    metrics.meanIou().orElseThrow(),
                    (System.nanoTime() - begin) / 1e9,
                    trainer.imagesOfEpoch() / trainingSeconds);
            TrainingHistory history = before.plus(result);
            // First, so that a training that is killed right afterwards can do what follows.
            saved.save(history, trainer.weights(), trainer.optimiserState(), scratch);
            publish(history, folder);
            deleteFolder(folder);
            epochDone.accept(result);
            return history;
        }

        /** What an epoch may have left to do when it was killed between its checkpoint and its end. */
        void finish(TrainingHistory history) throws IOException {
            if (!history.epochs().isEmpty()) {
                Path folder = model(history.epochs().size());
                publish(history, folder);
                deleteFolder(folder);
            }
        }

        /** The network as it is now, as a bundle on this machine. */
        private Path model(int epoch) {
            Path folder = scratch.resolve("model");
            List<TensorSource> weights = TensorSource.of(trainer.weights());
            ModelBundle.save(
                    folder,
                    sha256 -> describe(start, epoch, sha256),
                    savedAs == SavedAs.FP32
                            ? weights
                            : weights.stream().map(TensorSource::inBf16).toList());
            return folder;
        }

        private void publish(TrainingHistory history, Path folder) throws IOException {
            if (history.best().orElseThrow().epoch() == history.epochs().size()) {
                new RemoteBundle(bundle)
                        .replace(ModelBundle.describe(folder), folder.resolve(ModelBundle.WEIGHTS_FILE));
            }
            bundle.putText(history.toJson(), TrainingHistory.FILE);
        }
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
            JavaSparkContext context, Model model, List<Example> examples, ChosenEngine engine, TrainingData data) {
        try (ShippedModel shipped = ShippedModel.of(context, model)) {
            ValidationPartition partition =
                    new ValidationPartition(shipped, model.description().identity(), engine, data);
            int tasks = Math.min(examples.size(), TaskSlots.expected(context.sc()));
            MetricsState state = context.parallelize(examples, tasks)
                    .mapPartitions(part -> List.of(partition.measure(part)).iterator())
                    .reduce(MetricsState::plus);
            return SegmentationMetrics.of(state, convention.classes());
        }
    }

    private boolean isExhausted(TrainingHistory history) {
        return options.patience().isPresent()
                && history.best().isPresent()
                && history.epochs().size() - history.best().get().epoch()
                        >= options.patience().getAsInt();
    }

    /** @param settings what is asked for; without the number of images as long as that is not known */
    private void requireUsable(Checkpoints saved, TrainingHistory history, Map<String, String> settings) {
        if (!resume) {
            throw new CheckpointsException(
                    Remedy.RESUME,
                    "%s holds checkpoints of a training: resume it, or name another folder, or delete it"
                            .formatted(saved.folder()));
        }
        Map<String, String> before = new LinkedHashMap<>(history.options());
        Map<String, String> now = new LinkedHashMap<>(settings);
        if (!now.containsKey(IMAGES)) {
            before.remove(IMAGES);
        }
        String epochsBefore = before.remove(EPOCHS);
        String epochsNow = now.remove(EPOCHS);
        if (!before.equals(now)) {
            throw new CheckpointsException(
                    Remedy.SAME_SETTINGS,
                    "the checkpoints in %s are of a training with other settings: %s; resume it with those it began with, or train into another folder"
                            .formatted(saved.folder(), differences(before, now)));
        }
        int done = history.epochs().size();
        if (options.epochs() < done) {
            throw new CheckpointsException(
                    Remedy.MORE_EPOCHS,
                    "the training in %s has done %d epochs already, and %s are asked for: resume it with %d or more, or take the model of its best epoch as it is"
                            .formatted(saved.folder(), done, epochsNow, done));
        }
        if (!epochsNow.equals(epochsBefore) && options.schedule() != Schedule.CONSTANT) {
            throw new CheckpointsException(
                    Remedy.BEGIN_FROM_MODEL,
                    "the training in %s is one of %s epochs, and %s are asked for: its learning rate falls to zero over those it began with, and only one with the constant schedule can be longer or shorter. Resume it with %s; or begin another training, into another folder, from the model in %s"
                            .formatted(saved.folder(), epochsBefore, epochsNow, epochsBefore, output));
        }
    }

    private static String differences(Map<String, String> before, Map<String, String> now) {
        return Stream.concat(before.keySet().stream(), now.keySet().stream())
                .distinct()
                .filter(name -> !Objects.equals(before.get(name), now.get(name)))
                .map(name -> "%s was %s and is %s"
                        .formatted(name, before.getOrDefault(name, "not set"), now.getOrDefault(name, "not set")))
                .collect(Collectors.joining(", "));
    }

    /** All that the weights of an epoch depend on, but for the images. */
    private Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("variant", variant.id());
        from.ifPresentOrElse(
                bundle -> settings.put("from", bundle), () -> settings.put("width", Double.toString(backbone.width())));
        settings.put("classes", String.join(" ", convention.classes().names()));
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
