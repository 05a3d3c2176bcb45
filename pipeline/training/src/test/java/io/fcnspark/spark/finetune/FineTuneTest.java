package io.fcnspark.spark.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fcnspark.engine.TinyModels;
import io.fcnspark.errors.BadInputException;
import io.fcnspark.labels.LabelConvention;
import io.fcnspark.labels.Mask;
import io.fcnspark.labels.MaskPng;
import io.fcnspark.network.Backbone;
import io.fcnspark.network.Geometry;
import io.fcnspark.network.Variant;
import io.fcnspark.scenes.BundledModel;
import io.fcnspark.scenes.SceneFolder;
import io.fcnspark.scenes.SceneGenerator;
import io.fcnspark.scenes.SceneSizes;
import io.fcnspark.spark.SharedSpark;
import io.fcnspark.spark.finetune.CheckpointsException.Remedy;
import io.fcnspark.spark.finetune.FineTune.SavedAs;
import io.fcnspark.spark.finetune.FineTuneResult.End;
import io.fcnspark.training.Augmentation;
import io.fcnspark.training.Augmentation.Flip;
import io.fcnspark.training.EpochResult;
import io.fcnspark.training.TrainingHistory;
import io.fcnspark.training.TrainingOptions;
import io.fcnspark.training.TrainingOptions.ClassWeighting;
import io.fcnspark.training.TrainingOptions.Optimiser;
import io.fcnspark.training.TrainingOptions.Schedule;
import io.fcnspark.training.TrainingOptions.Upsampling;
import io.fcnspark.weights.BilinearKernel;
import io.fcnspark.weights.DataType;
import io.fcnspark.weights.Model;
import io.fcnspark.weights.ModelBundle;
import io.fcnspark.weights.ModelDescription;
import io.fcnspark.weights.Tensor;
import io.fcnspark.weights.TensorSource;
import io.fcnspark.weights.Weights;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FineTuneTest {
    private static final LabelConvention LABELS = LabelConvention.plain(SceneGenerator.CLASSES);
    private static final int SIZE = 64;
    private static final Backbone SLIM = Backbone.vgg16(1 / 16.0);
    private static final int EPOCHS = 4;

    /** What several tests look at: scenes, and a training that nothing disturbs. */
    @TempDir
    private static Path shared;

    private static Path train;
    private static Path validation;
    private static FineTuneResult undisturbed;

    private static final SparkSession SPARK = SharedSpark.session();

    @TempDir
    private Path root;

    @BeforeAll
    static void writeScenesAndTrain() throws IOException {
        train = shared.resolve("train");
        validation = shared.resolve("val");
        SceneFolder.write(new SceneGenerator(1, SceneSizes.of(SIZE, SIZE)), 10, train);
        SceneFolder.write(new SceneGenerator(2, SceneSizes.of(SIZE, SIZE)), 4, validation);
        undisturbed =
                fineTune(adam(EPOCHS).build(), shared.resolve("undisturbed")).execute();
    }

    /** Five steps of two images an epoch, all in one round. */
    private static TrainingOptions.Builder adam(int epochs) {
        return TrainingOptions.builder()
                .learningRate(0.003)
                .schedule(Schedule.CONSTANT)
                .weightDecay(1e-4)
                .dropout(0.2)
                .augmentation(new Augmentation(SIZE, SIZE, 0.8, 1.2, Flip.HORIZONTAL))
                .batch(2)
                .averagingFrequency(5)
                .epochs(epochs);
    }

    private static TrainingOptions.Builder standingStill(int epochs) {
        return adam(epochs).optimiser(Optimiser.SGD).learningRate(1e-12);
    }

    private static FineTune fineTune(TrainingOptions options, Path output) {
        return onScenes(options, output).fromScratch(Variant.FCN_8S, SLIM);
    }

    private static FineTune onScenes(TrainingOptions options, Path output) {
        return FcnTraining.on(SPARK)
                .fineTune()
                .options(options)
                .images(List.of(train.toString()), List.of(validation.toString()), LABELS)
                .output(output.toString(), output.getFileName().toString());
    }

    private static List<Double> losses(FineTuneResult result) {
        return result.history().epochs().stream().map(EpochResult::loss).toList();
    }

    @Test
    void learns() throws IOException {
        List<EpochResult> epochs = undisturbed.history().epochs();
        assertThat(epochs).hasSize(EPOCHS);
        assertThat(epochs.get(EPOCHS - 1).loss()).isLessThan(0.9 * epochs.get(0).loss());
        assertThat(undisturbed.best().pixelAccuracy()).isGreaterThan(0.4);
        assertThat(undisturbed.end()).isEqualTo(End.ALL_EPOCHS);
        Model model = ModelBundle.load(shared.resolve("undisturbed"));
        assertThat(model.description().identity()).isEqualTo(undisturbed.model());
        assertThat(model.description().provenance())
                .containsEntry("epoch", Integer.toString(undisturbed.best().epoch()));
        assertThat(TrainingHistory.fromJson(Files.readString(shared.resolve("undisturbed/history.json"))))
                .isEqualTo(undisturbed.history());
        assertThat(model.weights().tensor("upscore8.weight").floats())
                .as("upsampling is fixed")
                .isEqualTo(BilinearKernel.diagonal(9, 16).floats());
    }

    @Test
    void learnsWithTwoWorkers() {
        TrainingOptions options = adam(EPOCHS).workers(2).averagingFrequency(2).build();
        FineTuneResult result = fineTune(options, root.resolve("model")).execute();
        List<EpochResult> epochs = result.history().epochs();
        assertThat(epochs.get(EPOCHS - 1).loss()).isLessThan(0.9 * epochs.get(0).loss());
        assertThat(result.best().pixelAccuracy()).isGreaterThan(0.4);
    }

    @Test
    void learnsWithMomentumClassWeightsAndLearnedUpsampling() {
        TrainingOptions options = adam(3).optimiser(Optimiser.SGD)
                .learningRate(0.02)
                .schedule(Schedule.POLYNOMIAL)
                .weightDecay(5e-4)
                .dropout(0)
                .classWeighting(ClassWeighting.MEDIAN_FREQUENCY)
                .upsampling(Upsampling.LEARNED)
                .augmentation(new Augmentation(SIZE, SIZE, 1, 1, Flip.NONE))
                .build();
        FineTuneResult result =
                fineTune(options, root.resolve("model")).savedAs(SavedAs.BF16).execute();
        List<EpochResult> epochs = result.history().epochs();
        assertThat(epochs.get(2).loss()).isLessThan(epochs.get(0).loss());
        assertThat(epochs.get(2).learningRate()).isLessThan(0.5 * 0.02);
        Model model = ModelBundle.load(root.resolve("model"));
        assertThat(model.weights().tensors().values()).allMatch(tensor -> tensor.dataType() == DataType.BF16);
        assertThat(model.weights().tensor("upscore8.weight").floats())
                .isNotEqualTo(BilinearKernel.diagonal(9, 16).floats());
    }

    /**
     * Killed in the second epoch, the bundle holds the first; resumed, and then made longer, all is as if nothing had happened. So
     * the same seed gives the same weights, too.
     */
    @Test
    void resumesWhereItWasKilled() throws IOException {
        Path killed = root.resolve("undisturbed");
        assertThatThrownBy(() -> fineTune(adam(2).build(), killed)
                        .progress(
                                step -> {
                                    if (step.epoch() == 2) {
                                        throw new IllegalStateException("killed");
                                    }
                                },
                                epoch -> {})
                        .execute())
                .hasMessage("killed");
        assertThat(ModelBundle.load(killed).description().provenance()).containsEntry("epoch", "1");
        assertThat(refusal(fineTune(adam(2).build(), killed))).isEqualTo(Remedy.RESUME);
        assertThatThrownBy(() -> fineTune(adam(2).learningRate(0.1).build(), killed)
                        .resume()
                        .execute())
                .isInstanceOf(CheckpointsException.class)
                .hasMessageContaining("learning_rate was 0.003 and is 0.1");

        fineTune(adam(2).build(), killed).resume().execute();
        // Killed between the checkpoint of epoch 2 and the model of it.
        BundledModel.write(killed);
        assertThat(refusal(fineTune(adam(1).build(), killed).resume())).isEqualTo(Remedy.MORE_EPOCHS);
        FineTuneResult resumed = fineTune(adam(EPOCHS).build(), killed).resume().execute();

        assertThat(losses(resumed)).isEqualTo(losses(undisturbed));
        assertThat(resumed.history().options()).isEqualTo(undisturbed.history().options());
        assertThat(ModelBundle.load(killed).description().weightsSha256())
                .isEqualTo(ModelBundle.load(shared.resolve("undisturbed"))
                        .description()
                        .weightsSha256());
        assertThat(fineTune(adam(EPOCHS).build(), killed).resume().execute().history())
                .isEqualTo(resumed.history());
    }

    private static Remedy refusal(FineTune training) {
        try {
            training.requireUsableCheckpoints(SPARK.sparkContext().hadoopConfiguration());
        } catch (CheckpointsException e) {
            return e.remedy();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new AssertionError("not refused");
    }

    /** The polynomial schedule spans the epochs that were asked for: there is no going on after its end. */
    @Test
    void aTrainingWhoseLearningRateHasFallenToZeroIsNotMadeLonger() throws IOException {
        Path output = root.resolve("model");
        Map<String, String> settings =
                new HashMap<>(adam(8).schedule(Schedule.POLYNOMIAL).build().toMap());
        settings.putAll(Map.of("variant", "fcn8s", "width", "0.0625", "images", "10"));
        settings.put("classes", String.join(" ", SceneGenerator.CLASSES.names()));
        Path checkpoint = Files.createDirectories(output.resolve("checkpoints/epoch-0001"));
        EpochResult epoch = new EpochResult(1, 0.003, 1, 0.5, 0.1, 1, 10);
        Files.writeString(
                checkpoint.resolve(TrainingHistory.FILE), new TrainingHistory(settings, List.of(epoch)).toJson());

        TrainingOptions.Builder longer = adam(12).schedule(Schedule.POLYNOMIAL);
        assertThat(refusal(fineTune(longer.build(), output).resume())).isEqualTo(Remedy.BEGIN_FROM_MODEL);
        fineTune(longer.epochs(8).build(), output)
                .resume()
                .requireUsableCheckpoints(SPARK.sparkContext().hadoopConfiguration());
    }

    /** Only the interpolation differs, in two steps instead of one: most at the borders, and these images are all border. */
    @Test
    void aFinerNetBeginsWithTheLossOfTheCoarserOne() {
        onScenes(adam(1).build(), root.resolve("fcn32s"))
                .fromScratch(Variant.FCN_32S, SLIM)
                .execute();
        double coarse = standstill(Variant.FCN_32S, "fcn32s", "again32s");
        double finer = standstill(Variant.FCN_16S, "fcn32s", "fcn16s");
        double finest = standstill(Variant.FCN_8S, "fcn16s", "fcn8s");
        assertThat(finer).isCloseTo(coarse, within(0.05 * coarse));
        assertThat(finest).isCloseTo(finer, within(0.05 * finer));
    }

    private double standstill(Variant variant, String from, String output) {
        return onScenes(standingStill(1).build(), root.resolve(output))
                .from(root.resolve(from).toString(), variant)
                .execute()
                .history()
                .epochs()
                .get(0)
                .loss();
    }

    /** A unit that is never active learns nothing; weight decay alone would leave numbers that processors are slow to multiply. */
    @Test
    void whatHasShrunkToNothingBecomesZero() {
        Model tiny = TinyModels.model(Variant.FCN_32S, Geometry.SAME, TinyModels.Upsampling.BILINEAR);
        Map<String, Tensor> tensors = new HashMap<>(tiny.weights().tensors());
        Tensor weights = tensors.get("conv5_3.weight");
        float[] shrunk = new float[(int) weights.size()];
        Arrays.fill(shrunk, 1e-33f);
        float[] inactive = new float[weights.shape().get(0)];
        Arrays.fill(inactive, -1);
        tensors.put("conv5_3.weight", Tensor.of(weights.shape(), shrunk));
        tensors.put("conv5_3.bias", Tensor.of(List.of(inactive.length), inactive));
        ModelDescription description = tiny.description();
        ModelBundle.save(
                root.resolve("shrunk"),
                sha256 -> new ModelDescription(
                        "shrunk",
                        description.architecture(),
                        description.classes(),
                        description.preprocessing(),
                        sha256,
                        Map.of()),
                TensorSource.of(new Weights(tensors)));

        standstill(Variant.FCN_32S, "shrunk", "trained");

        assertThat(ModelBundle.load(root.resolve("trained"))
                        .weights()
                        .tensor("conv5_3.weight")
                        .floats())
                .isEqualTo(FloatBuffer.allocate(shrunk.length));
    }

    @Test
    void stopsWhenItGetsNoBetter() {
        FineTuneResult result = fineTune(standingStill(9).patience(1).build(), root.resolve("model"))
                .execute();
        assertThat(result.history().epochs()).hasSize(2);
        assertThat(result.best().epoch()).isEqualTo(1);
        assertThat(result.end()).isEqualTo(End.PATIENCE);
    }

    @Test
    void badTruthIsNamedBeforeTraining() throws IOException {
        Path bad = root.resolve("bad");
        SceneFolder.write(new SceneGenerator(1, SceneSizes.of(SIZE, SIZE)), 5, bad);
        Path labels = bad.resolve("labels");
        Files.delete(labels.resolve("scene_000001.png"));
        assertThatThrownBy(() -> onBad(bad).execute())
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("1 of 5 images have no truth")
                .hasMessageContaining("scene_000001.jpg");

        Files.write(labels.resolve("scene_000001.png"), MaskPng.encode(new Mask(8, 8, new char[64]), 9, 255));
        char[] outOfRange = new char[SIZE * SIZE];
        outOfRange[5] = 77;
        Files.write(labels.resolve("scene_000003.png"), MaskPng.encode(new Mask(SIZE, SIZE, outOfRange), 99, 255));
        assertThatThrownBy(() -> onBad(bad).execute())
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("2 of 5 examples cannot be used")
                .hasMessageContaining("scene_000001.png: has 8x8 pixels (width x height), but its image")
                .hasMessageContaining("scene_000003.png: truth has the value 77 at column 5, row 0");
        assertThat(root.resolve("model")).doesNotExist();
    }

    private FineTune onBad(Path bad) {
        return fineTune(adam(1).build(), root.resolve("model"))
                .images(List.of(bad.toString()), List.of(validation.toString()), LABELS);
    }

    @Test
    void optionsOutOfRangeAreRefusedAtOnce() {
        TrainingOptions.Builder options = TrainingOptions.builder();
        assertThatThrownBy(() -> options.learningRate(Double.NaN))
                .hasMessage("learning rate is NaN: expected a number above 0");
        assertThatThrownBy(() -> options.learningRate(Double.POSITIVE_INFINITY)).hasMessageContaining("Infinity");
        assertThatThrownBy(() -> options.momentum(1)).hasMessage("momentum is 1.0: expected 0 to below 1");
        assertThatThrownBy(() -> options.epochs(0)).hasMessage("epochs is 0: expected at least 1");
        assertThatThrownBy(() -> options.patience(0)).hasMessage("patience is 0: expected at least 1");
        assertThatThrownBy(() -> options.batch(30_000).build())
                .hasMessageContaining("batch is 30000 windows of 320x320");
        options.batch(4);
        assertThat(options.build().toMap())
                .as("what was refused has changed nothing")
                .isEqualTo(TrainingOptions.defaults().toMap());
    }
}
