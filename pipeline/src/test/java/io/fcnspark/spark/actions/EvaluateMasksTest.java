package io.fcnspark.spark.actions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fcnspark.labels.LabelConvention;
import io.fcnspark.labels.Mask;
import io.fcnspark.labels.MaskPng;
import io.fcnspark.spark.SharedSpark;
import io.fcnspark.spark.tables.BadInputException;
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
        return EvaluateMasks.on(spark)
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

        EvaluationReport report = evaluate(root.resolve("masks")).execute();

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
        EvaluationReport report =
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
    void anImageWithSeveralRowsNeedsAChoice() {
        Path images = root.resolve("images");
        Fixtures.picture(images.resolve("a.png"), 40, 40, 1);
        Fixtures.truth(root.resolve("truth/a.png"), 40, 40, 1);
        Path output = root.resolve("output");
        for (long seed : List.of(1L, 2L)) {
            LabelImages.on(spark)
                    .inputs(List.of(images.toString()))
                    .model(Fixtures.model(root.resolve("model" + seed), seed).toString())
                    .output(output.toString())
                    .runId("run" + seed)
                    .execute();
        }
        assertThatThrownBy(() -> evaluate(output).execute())
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("has 2 rows")
                .hasMessageContaining("--where");
        EvaluationReport first = evaluate(output).where("run_id = 'run1'").execute();
        EvaluationReport second = evaluate(output).where("run_id = 'run2'").execute();
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
}
