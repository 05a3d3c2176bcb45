package io.fcnspark.spark.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.fcnspark.engine.ConfidenceMap;
import io.fcnspark.errors.BadInputException;
import io.fcnspark.image.PngEncoder;
import io.fcnspark.image.RgbImage;
import io.fcnspark.labelling.Fixtures;
import io.fcnspark.labels.LabelConvention;
import io.fcnspark.labels.Mask;
import io.fcnspark.labels.MaskPng;
import io.fcnspark.metrics.MetricsComparison;
import io.fcnspark.metrics.Reliability;
import io.fcnspark.metrics.Score;
import io.fcnspark.spark.FcnActions;
import io.fcnspark.spark.SharedSpark;
import io.fcnspark.spark.tables.EvaluationSchema;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluateMasksTest {
    private static final LabelConvention PLAIN = LabelConvention.plain(Fixtures.CLASSES);

    private final SparkSession spark = SharedSpark.session();

    @TempDir
    private Path root;

    private EvaluateMasks evaluate(Path masks) {
        return FcnActions.on(spark)
                .evaluateMasks()
                .masks(masks.toString())
                .truth(root.resolve("truth").toString(), PLAIN);
    }

    /** Writes a mask of 2 x 2 pixels; 255 is void. */
    private void mask(String file, int... labels) {
        char[] values = new char[labels.length];
        for (int i = 0; i < labels.length; i++) {
            values[i] = (char) (labels[i] == 255 ? Mask.IGNORE : labels[i]);
        }
        Fixtures.write(root.resolve(file), MaskPng.encode(new Mask(2, 2, values), 10, 255));
    }

    @Test
    void metricsOfACaseWorkedByHand() {
        mask("masks/a.png", 0, 0, 1, 1);
        mask("truth/a.png", 0, 1, 1, 255);
        mask("masks/b/c.png", 2, 2, 2, 2);
        mask("truth/b/c.png", 2, 2, 2, 0);

        EvaluationResult report = evaluate(root.resolve("masks")).execute();

        // Truth of 0, 1, 2: 2, 2, 3 pixels; predicted 2, 1, 4; right 1, 1, 3.
        assertThat(report.metrics().pixels()).isEqualTo(7);
        assertThat(report.metrics().ignoredPixels()).isEqualTo(1);
        assertThat(report.metrics().pixelAccuracy()).hasValue(5.0 / 7);
        assertThat(report.metrics().meanAccuracy()).hasValue((1.0 / 2 + 1.0 / 2 + 1) / 3);
        assertThat(report.metrics().meanIou()).hasValue((1.0 / 3 + 1.0 / 2 + 3.0 / 4) / 3);
        assertThat(report.metrics().classes().get(3).iou()).isEqualTo(OptionalDouble.empty());
        assertThat(report.leftOutByCode()).isEmpty();
    }

    @Test
    void whatCannotBeComparedIsCountedAndWritten() throws Exception {
        mask("masks/good.png", 0, 0, 1, 1);
        mask("truth/good.png", 0, 0, 1, 1);
        mask("masks/alone.png", 0, 0, 1, 1);
        mask("masks/unknown-class.png", 0, 0, 1, 9);
        mask("truth/unknown-class.png", 0, 0, 1, 1);
        Fixtures.write(root.resolve("masks/broken.png"), new byte[] {1, 2, 3});
        mask("truth/broken.png", 0, 0, 1, 1);
        Fixtures.truth(root.resolve("truth/larger.png"), 3, 2, 1);
        mask("masks/larger.png", 0, 0, 1, 1);

        Path output = root.resolve("evaluation");
        EvaluationResult report =
                evaluate(root.resolve("masks")).output(output.toString()).execute();

        assertThat(report.metrics().images()).isEqualTo(1);
        assertThat(report.metrics().meanIou()).hasValue(1);
        assertThat(report.leftOutByCode())
                .isEqualTo(Map.of("truth-missing", 1L, "truth-mismatch", 2L, "not-an-image", 1L));
        Dataset<Row> written = spark.read().parquet(output.toString());
        assertThat(written.count()).isEqualTo(5);
        assertThat(written.filter("image like '%unknown-class.png'")
                        .select("error.message")
                        .first()
                        .getString(0))
                .contains("predicted class 9");
    }

    @Test
    void masksInTheClassesColoursAreRead() {
        mask("truth/a.png", 0, 1, 2, 255);
        int[] colours = {0, 1, 1, 0};
        byte[] rgb = new byte[12];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (Fixtures.CLASSES.classes().get(colours[i / 3]).colour() >> (16 - 8 * (i % 3)));
        }
        Fixtures.write(root.resolve("masks/a.png"), PngEncoder.encode(new RgbImage(2, 2, rgb)));

        EvaluationResult report = evaluate(root.resolve("masks")).execute();

        assertThat(report.leftOutByCode()).isEmpty();
        assertThat(report.metrics().pixelAccuracy()).hasValue(2.0 / 3);
    }

    @Test
    void anEvaluationOfNothingIsAnError() throws Exception {
        mask("truth/a.png", 0, 0, 1, 1);
        mask("truth/b.png", 0, 0, 1, 1);
        Fixtures.write(root.resolve("masks/a.png"), new byte[] {1, 2, 3});
        mask("masks/b.png", 0, 0, 1, 9);

        assertThatThrownBy(() -> evaluate(root.resolve("masks")).execute())
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("none of the masks of " + root.resolve("masks"))
                .hasMessageContaining("(1 not-an-image, 1 truth-mismatch); for example ");
    }

    @Test
    void anImageWithSeveralRowsNeedsAChoice() {
        Path images = root.resolve("images");
        Fixtures.picture(images.resolve("a.png"), 40, 40, 1);
        Fixtures.truth(root.resolve("truth/a.png"), 40, 40, 1);
        Path output = root.resolve("output");
        for (long seed : List.of(1L, 2L)) {
            FcnActions.on(spark)
                    .labelImages()
                    .inputs(List.of(images.toString()))
                    .model(Fixtures.model(root.resolve("model" + seed), seed).toString())
                    .output(output.toString())
                    .runId("run" + seed)
                    .execute();
        }
        assertThatThrownBy(() -> evaluate(output).execute())
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("has 2 rows")
                .hasMessageContaining("by a condition");
        EvaluationResult first = evaluate(output).where("run_id = 'run1'").execute();
        EvaluationResult second = evaluate(output).where("run_id = 'run2'").execute();
        assertThat(first.metrics().images()).isEqualTo(1);
        assertThat(first.metrics().confusion()).isNotEqualTo(second.metrics().confusion());
    }

    @Test
    void aFolderWithNeitherTableNorMasksIsAnError() throws Exception {
        mask("truth/a.png", 0, 0, 0, 0);
        Path empty = Files.createDirectories(root.resolve("empty"));
        assertThatThrownBy(() -> evaluate(empty).execute())
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("neither the table of an output nor label PNGs");
        mask("masks/z.png", 0, 0, 0, 0);
        assertThatThrownBy(() -> evaluate(root.resolve("masks")).execute())
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("no image has truth")
                .hasMessageContaining("z.png");
    }

    @Test
    void metricsByAnExpressionAreThoseOfTheImagesWithItsValue() {
        mask("masks/left/a.png", 0, 0, 1, 1);
        mask("truth/left/a.png", 0, 1, 1, 1);
        mask("masks/left/b.png", 0, 0, 0, 0);
        mask("truth/left/b.png", 0, 0, 0, 0);
        mask("masks/right/a.png", 2, 2, 2, 2);
        mask("truth/right/a.png", 2, 2, 1, 1);

        EvaluationResult report = evaluate(root.resolve("masks"))
                .by("regexp_extract(image, '([^/]+)/[^/]+$', 1)")
                .execute();

        assertThat(evaluate(root.resolve("masks"))
                        .where("image like '%/left/%'")
                        .execute()
                        .metrics())
                .isEqualTo(report.metrics(report.groups().get(0)));
        assertThatThrownBy(() -> evaluate(root.resolve("masks"))
                        .where("image like '%/middle/%'")
                        .execute())
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("no masks for which image like '%/middle/%'");
        assertThat(report.groups()).extracting(EvaluatedGroup::value).containsExactly("left", "right");
        assertThat(report.metrics(report.groups().get(0)).pixelAccuracy()).hasValue(7.0 / 8);
        assertThat(report.metrics(report.groups().get(1)).pixelAccuracy()).hasValue(0.5);
        JsonNode json = report.toJson();
        assertThat(json.at("/by/groups/0/value").asText()).isEqualTo("left");
        assertThat(json.at("/by/groups/0/images").asLong()).isEqualTo(2);
        assertThat(json.at("/by/groups/0/confusion").isMissingNode()).isTrue();
        assertThat(json.at("/intervals/pixel_accuracy").size()).isEqualTo(2);
    }

    @Test
    void twoRunsAreComparedOnTheImagesThatBothHave() {
        for (int i = 0; i < 20; i++) {
            String name = "%02d.png".formatted(i);
            mask("truth/" + name, 0, 0, 1, 1);
            mask("new/" + name, 0, 0, 1, 1);
            mask("old/" + name, 0, 0, 1, i % 2);
        }
        mask("truth/only-new.png", 0, 0, 1, 1);
        mask("new/only-new.png", 1, 1, 0, 0);
        mask("truth/only-old.png", 0, 0, 1, 1);
        mask("old/only-old.png", 1, 1, 0, 0);

        ComparedRuns runs = evaluate(root.resolve("new"))
                .against(root.resolve("old").toString())
                .execute()
                .comparison()
                .orElseThrow();

        assertThat(runs.comparison().images()).isEqualTo(20);
        MetricsComparison.Difference accuracy = runs.comparison().scores().get(Score.PIXEL_ACCURACY);
        assertThat(accuracy.masks()).hasValue(1);
        assertThat(accuracy.against()).hasValue(70.0 / 80);
        assertThat(accuracy.isSignificant()).isTrue();
        assertThat(runs.onlyInMasks()).isEqualTo(1);
        assertThat(runs.someOnlyInMasks()).singleElement().asString().endsWith("only-new.png");
        assertThat(runs.onlyInAgainst()).isEqualTo(1);
        assertThat(runs.someOnlyInAgainst()).singleElement().asString().endsWith("only-old.png");
    }

    @Test
    void runsWithoutACommonImageCannotBeCompared() {
        mask("truth/a.png", 0, 0, 1, 1);
        mask("truth/b.png", 0, 0, 1, 1);
        mask("new/a.png", 0, 0, 1, 1);
        mask("old/b.png", 0, 0, 1, 1);
        EvaluateMasks evaluate =
                evaluate(root.resolve("new")).against(root.resolve("old").toString());
        assertThatThrownBy(evaluate::execute)
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("1 only in the masks, 1 only in");
    }

    @Test
    void confidenceIsJudgedWhereTheTableHasIt() {
        Path images = root.resolve("images");
        for (int i = 0; i < 3; i++) {
            Fixtures.picture(images.resolve(i + ".png"), 40, 40, i);
            Fixtures.truth(root.resolve("truth/" + i + ".png"), 40, 40, i);
        }
        Path model = Fixtures.model(root.resolve("model"), 1);
        for (ConfidenceMap confidence : ConfidenceMap.values()) {
            FcnActions.on(spark)
                    .labelImages()
                    .inputs(List.of(images.toString()))
                    .model(model.toString())
                    .output(root.resolve(confidence.name()).toString())
                    .confidenceMap(confidence)
                    .execute();
        }
        Path output = root.resolve("evaluation");
        EvaluationResult with =
                evaluate(root.resolve("WRITE")).output(output.toString()).execute();
        EvaluationResult without = evaluate(root.resolve("OMIT")).execute();

        // Nine tenths of the truth counts.
        assertThat(with.evaluation().reliability().pixels()).isEqualTo(3 * 40 * 40 * 9 / 10);
        // A random net is right by chance, and as sure as it says.
        double confident = spark.read()
                .parquet(root.resolve("WRITE/masks").toString())
                .selectExpr("avg(mean_confidence)")
                .first()
                .getDouble(0);
        double accuracy = with.metrics().pixelAccuracy().orElseThrow();
        assertThat(with.evaluation().reliability().expectedCalibrationError().orElseThrow())
                .isCloseTo(Math.abs(confident - accuracy), within(0.05));
        assertThat(with.toJson().at("/calibration/bins")).hasSize(Reliability.BINS);
        assertThat(without.toJson().get("calibration").isNull()).isTrue();
        assertThat(without.toJson().get("calibration_note").asText()).contains("label with a confidence map");
        assertThat(without.metrics().confusion()).isEqualTo(with.metrics().confusion());
        assertThat(spark.read().parquet(output.toString()).columns())
                .containsExactly(EvaluationSchema.SCHEMA.fieldNames());
    }
}
