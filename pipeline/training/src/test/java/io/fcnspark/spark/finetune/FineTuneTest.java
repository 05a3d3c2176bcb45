package io.fcnspark.spark.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fcnspark.engine.TinyModels;
import io.fcnspark.errors.BadInputException;
import io.fcnspark.labels.LabelConvention;
import io.fcnspark.labels.Mask;
import io.fcnspark.labels.MaskPng;
import io.fcnspark.network.Geometry;
import io.fcnspark.network.Variant;
import io.fcnspark.scenes.SceneFolder;
import io.fcnspark.scenes.SceneGenerator;
import io.fcnspark.scenes.SceneSizes;
import io.fcnspark.spark.SharedSpark;
import io.fcnspark.spark.finetune.FineTune.ClassWeighting;
import io.fcnspark.spark.finetune.FineTune.SavedAs;
import io.fcnspark.training.Augmentation;
import io.fcnspark.training.Augmentation.Flip;
import io.fcnspark.training.EpochResult;
import io.fcnspark.training.TrainingHistory;
import io.fcnspark.training.TrainingOptions;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FineTuneTest {
    private static final LabelConvention LABELS = LabelConvention.plain(SceneGenerator.CLASSES);
    private static final int SIZE = 64;

    @TempDir
    private static Path scenes;

    private static Path train;
    private static Path validation;

    private final SparkSession spark = SharedSpark.session();

    @TempDir
    private Path root;

    @BeforeAll
    static void writeScenes() throws IOException {
        train = scenes.resolve("train");
        validation = scenes.resolve("val");
        SceneFolder.write(new SceneGenerator(1, SceneSizes.of(SIZE, SIZE)), 10, train);
        SceneFolder.write(new SceneGenerator(2, SceneSizes.of(SIZE, SIZE)), 4, validation);
    }

    private static TrainingOptions options(Optimiser optimiser, double learningRate, int workers, int epochs) {
        return new TrainingOptions(
                optimiser,
                learningRate,
                Schedule.CONSTANT,
                0.9,
                1e-4,
                0.2,
                Upsampling.FIXED,
                new Augmentation(SIZE, SIZE, 0.8, 1.2, Flip.HORIZONTAL),
                2,
                workers,
                2,
                epochs,
                1);
    }

    private static TrainingOptions adam(int workers, int epochs) {
        return options(Optimiser.ADAM, 0.003, workers, epochs);
    }

    private FineTune fineTune(TrainingOptions options, String output) {
        return FineTune.on(spark, options)
                .images(List.of(train.toString()), List.of(validation.toString()), LABELS)
                .fromScratch(Variant.FCN_8S, 1 / 16.0)
                .output(root.resolve(output).toString(), output);
    }

    private Model model(String output) {
        return ModelBundle.load(root.resolve(output));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void learns(int workers) throws IOException {
        FineTuneReport report = fineTune(adam(workers, 6), "model").execute();

        List<EpochResult> epochs = report.history().epochs();
        assertThat(epochs).hasSize(6);
        assertThat(epochs.get(5).loss()).isLessThan(0.9 * epochs.get(0).loss());
        assertThat(report.best().pixelAccuracy()).isGreaterThan(0.4);
        Model model = model("model");
        assertThat(model.description().identity()).isEqualTo(report.model());
        assertThat(model.description().provenance())
                .containsEntry("epoch", Integer.toString(report.best().epoch()));
        assertThat(TrainingHistory.fromJson(Files.readString(root.resolve("model/history.json"))))
                .isEqualTo(report.history());
    }

    @Test
    void learnsWithMomentumClassWeightsAndLearnedUpsampling() {
        TrainingOptions options = new TrainingOptions(
                Optimiser.SGD,
                0.02,
                Schedule.POLYNOMIAL,
                0.9,
                5e-4,
                0,
                Upsampling.LEARNED,
                new Augmentation(SIZE, SIZE, 1, 1, Flip.NONE),
                2,
                1,
                5,
                4,
                1);
        FineTuneReport report = fineTune(options, "model")
                .classWeighting(ClassWeighting.MEDIAN_FREQUENCY)
                .savedAs(SavedAs.BF16)
                .execute();
        List<EpochResult> epochs = report.history().epochs();
        assertThat(epochs.get(3).loss()).isLessThan(epochs.get(0).loss());
        assertThat(epochs.get(3).learningRate()).isLessThan(0.5 * 0.02);
        Model model = model("model");
        assertThat(model.weights().tensors().values()).allMatch(tensor -> tensor.dataType() == DataType.BF16);
        assertThat(model.weights().tensor("upscore8.weight").floats())
                .isNotEqualTo(BilinearKernel.diagonal(9, 16).floats());
    }

    @Test
    void fixedUpsamplingStaysBilinearAndTheSameSeedGivesTheSameWeights() {
        FineTuneReport first = fineTune(adam(1, 2), "first").execute();
        FineTuneReport second = fineTune(adam(1, 2), "second").execute();

        assertThat(model("first").description().weightsSha256())
                .isEqualTo(model("second").description().weightsSha256());
        assertThat(losses(first.history())).isEqualTo(losses(second.history()));
        assertThat(model("first").weights().tensor("upscore8.weight").floats())
                .isEqualTo(BilinearKernel.diagonal(9, 16).floats());
    }

    private static List<Double> losses(TrainingHistory history) {
        return history.epochs().stream().map(EpochResult::loss).toList();
    }

    /** Killed in the second epoch, the bundle holds the first; resumed, all is as if nothing had happened. */
    @Test
    void resumesWhereItWasKilled() {
        TrainingOptions options = adam(1, 3);
        FineTuneReport undisturbed = fineTune(options, "undisturbed").execute();

        assertThatThrownBy(() -> fineTune(options, "killed")
                        .progress(
                                step -> {
                                    if (step.epoch() == 2) {
                                        throw new IllegalStateException("killed");
                                    }
                                },
                                epoch -> {})
                        .execute())
                .hasMessage("killed");
        assertThat(model("killed").description().provenance()).containsEntry("epoch", "1");
        assertThatThrownBy(() -> fineTune(options, "killed").execute())
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("resume it");
        assertThatThrownBy(() -> fineTune(options(Optimiser.ADAM, 0.1, 1, 3), "killed")
                        .resume()
                        .execute())
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("learning_rate was 0.003 and is 0.1");

        FineTuneReport resumed = fineTune(options, "killed").resume().execute();
        assertThat(losses(resumed.history())).isEqualTo(losses(undisturbed.history()));
        assertThat(model("killed").description().weightsSha256())
                .isEqualTo(model("undisturbed").description().weightsSha256());
        assertThat(fineTune(options, "killed").resume().execute().history()).isEqualTo(resumed.history());
    }

    /** Only the interpolation differs, in two steps instead of one: most at the borders, and these images are all border. */
    @Test
    void aFinerNetBeginsWithTheLossOfTheCoarserOne() {
        FineTune.on(spark, adam(1, 1))
                .images(List.of(train.toString()), List.of(validation.toString()), LABELS)
                .fromScratch(Variant.FCN_32S, 1 / 16.0)
                .output(root.resolve("fcn32s").toString(), "fcn32s")
                .execute();
        double coarse = standstill(Variant.FCN_32S, "fcn32s", "again32s");
        double finer = standstill(Variant.FCN_16S, "fcn32s", "fcn16s");
        double finest = standstill(Variant.FCN_8S, "fcn16s", "fcn8s");
        assertThat(finer).isCloseTo(coarse, within(0.05 * coarse));
        assertThat(finest).isCloseTo(finer, within(0.05 * finer));
    }

    private double standstill(Variant variant, String from, String output) {
        return FineTune.on(spark, options(Optimiser.SGD, 1e-12, 1, 1))
                .images(List.of(train.toString()), List.of(validation.toString()), LABELS)
                .from(root.resolve(from).toString(), variant)
                .output(root.resolve(output).toString(), output)
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

        assertThat(model("trained").weights().tensor("conv5_3.weight").floats())
                .isEqualTo(FloatBuffer.allocate(shrunk.length));
    }

    @Test
    void stopsWhenItGetsNoBetter() {
        FineTuneReport report = fineTune(options(Optimiser.SGD, 1e-12, 1, 9), "model")
                .patience(1)
                .execute();
        assertThat(report.history().epochs()).hasSize(2);
        assertThat(report.best().epoch()).isEqualTo(1);
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
        return FineTune.on(spark, adam(1, 1))
                .images(List.of(bad.toString()), List.of(validation.toString()), LABELS)
                .fromScratch(Variant.FCN_8S, 1 / 16.0)
                .output(root.resolve("model").toString(), "model");
    }
}
