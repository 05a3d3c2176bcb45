package io.fcnspark.spark.label;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.codahale.metrics.Gauge;
import io.fcnspark.engine.EngineRequest;
import io.fcnspark.errors.BadInputException;
import io.fcnspark.labelling.Fixtures;
import io.fcnspark.labels.LabelConvention;
import io.fcnspark.spark.FcnActions;
import io.fcnspark.spark.SharedSpark;
import io.fcnspark.spark.tables.RunTable;
import io.fcnspark.spark.tables.RunsSchema;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkEnv;
import org.apache.spark.metrics.source.Source;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.LongAccumulator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.collection.JavaConverters;

/** What remains of a run beside its masks: a row in the table {@code runs}, and Spark's metrics while it goes on. */
class RunLogTest {
    private final SparkSession spark = SharedSpark.session();

    @TempDir
    private Path root;

    private LabelImages label(Path images) {
        return FcnActions.on(spark)
                .labelImages()
                .inputs(List.of(images.toString()))
                .model(Fixtures.model(root.resolve("model"), 1).toString())
                .output(root.resolve("output").toString())
                .engine(EngineRequest.of("onnxruntime", "cpu", "fp32"));
    }

    @Test
    void everyRunThatEndsHasARow() throws Exception {
        Path images = root.resolve("images");
        Path truth = root.resolve("truth");
        for (int i = 0; i < 3; i++) {
            Fixtures.picture(images.resolve("a%d.png".formatted(i)), 40, 33, i);
            Fixtures.truth(truth.resolve("a%d.png".formatted(i)), 40, 33, i);
        }
        Fixtures.write(images.resolve("text.jpg"), "no picture".getBytes(StandardCharsets.UTF_8));
        Path empty = Files.createDirectories(root.resolve("empty"));

        LabelResult report = label(images)
                .truth(truth.toString(), LabelConvention.plain(Fixtures.CLASSES))
                .runId("night-1")
                .runDate(LocalDate.of(2026, 1, 31))
                .execute();
        label(images).runId("night-2").batch(2).maxRejectRate(0.3).execute();
        assertThatThrownBy(() -> label(empty).runId("night-3").execute()).isInstanceOf(BadInputException.class);

        RunTable table = RunTable.under(spark, root.resolve("output").toString());
        assertThat(table.location()).isEqualTo(root.resolve("output/runs").toString());
        List<Row> runs = table.rows().orderBy(RunsSchema.STARTED).collectAsList();
        assertThat(runs).hasSize(3);
        Row first = runs.get(0);
        assertThat(first.<String>getAs(RunsSchema.RUN_ID)).isEqualTo("night-1");
        assertThat(first.getAs(RunsSchema.RUN_DATE).toString()).isEqualTo("2026-01-31");
        assertThat(first.<String>getAs(RunsSchema.STATUS)).isEqualTo("over-reject-rate");
        assertThat(first.<Long>getAs(RunsSchema.IMAGES)).isEqualTo(4);
        assertThat(first.<Long>getAs(RunsSchema.LABELLED)).isEqualTo(3);
        assertThat(first.<Long>getAs(RunsSchema.REJECTED)).isEqualTo(1);
        assertThat(first.getJavaMap(first.fieldIndex(RunsSchema.REJECTS_BY_CODE)))
                .isEqualTo(Map.of("not-an-image", 1L));
        assertThat(first.<Double>getAs(RunsSchema.SECONDS)).isPositive();
        assertThat(first.<String>getAs(RunsSchema.MODEL)).isEqualTo(report.model());
        assertThat(first.<String>getAs(RunsSchema.DEVICE)).isEqualTo("cpu");
        assertThat(first.<Double>getAs(RunsSchema.MEAN_IOU))
                .isEqualTo(report.metrics().orElseThrow().meanIou().orElseThrow());
        assertThat(first.<String>getAs(RunsSchema.APPLICATION_ID))
                .isEqualTo(spark.sparkContext().applicationId());
        assertThat(first.<String, String>getJavaMap(first.fieldIndex(RunsSchema.VERSIONS)))
                .containsEntry("spark", spark.version());
        assertThat(first.<String, String>getJavaMap(first.fieldIndex(RunsSchema.OPTIONS)))
                .containsEntry("input", images.toString())
                .containsEntry("labels", "five")
                .containsEntry("batch", "1");

        Row second = runs.get(1);
        assertThat(second.<String>getAs(RunsSchema.STATUS)).isEqualTo("done");
        assertThat(second.<Long>getAs(RunsSchema.SKIPPED)).isEqualTo(4);
        assertThat(second.<Double>getAs(RunsSchema.MEAN_IOU)).isNull();
        assertThat(second.<String, String>getJavaMap(second.fieldIndex(RunsSchema.OPTIONS)))
                .containsEntry("batch", "2")
                .doesNotContainKey("truth");

        Row third = runs.get(2);
        assertThat(third.<String>getAs(RunsSchema.STATUS)).isEqualTo("failed");
        assertThat(third.<String>getAs(RunsSchema.ERROR)).contains("no images under " + empty);
        assertThat(third.<Long>getAs(RunsSchema.IMAGES)).isNull();
    }

    @Test
    void metricsAreThereWhileARunGoesOnAndNotAfterwards() {
        for (long run = 1; run <= 2; run++) {
            LongAccumulator images = spark.sparkContext().longAccumulator("images of run " + run);
            RunMetrics metrics = RunMetrics.show(Map.of("images", images::value));
            images.add(run);
            assertThat(sources()).singleElement().satisfies(source -> {
                Gauge<?> gauge = source.metricRegistry().getGauges().get("images");
                assertThat(gauge.getValue()).isEqualTo(images.value());
            });
            metrics.close();
            assertThat(sources()).isEmpty();
        }
    }

    private static List<Source> sources() {
        return JavaConverters.seqAsJavaList(SparkEnv.get().metricsSystem().getSourcesByName("fcn"));
    }
}
