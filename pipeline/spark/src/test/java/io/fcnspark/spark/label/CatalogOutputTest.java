package io.fcnspark.spark.label;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.hash;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.xxhash64;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fcnspark.engine.EngineRequest;
import io.fcnspark.errors.BadInputException;
import io.fcnspark.errors.OutputException;
import io.fcnspark.labelling.Fixtures;
import io.fcnspark.labels.LabelConvention;
import io.fcnspark.spark.FcnActions;
import io.fcnspark.spark.SharedSpark;
import io.fcnspark.spark.evaluate.EvaluationResult;
import io.fcnspark.spark.export.ExportMasks;
import io.fcnspark.spark.export.ExportResult;
import io.fcnspark.spark.storage.OutputLease;
import io.fcnspark.spark.tables.MaskTable;
import io.fcnspark.spark.tables.MasksSchema;
import io.fcnspark.spark.tables.ResultViews;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Masks in a table of Iceberg's, in a catalog that is a folder. */
class CatalogOutputTest {
    private static final LabelConvention PLAIN = LabelConvention.plain(Fixtures.CLASSES);

    private static final SparkSession SPARK = SharedSpark.session();

    @TempDir
    private static Path warehouse;

    @TempDir
    private Path root;

    private Path images;
    private Path model;
    private String table;

    @BeforeAll
    static void catalog() {
        SPARK.conf().set("spark.sql.catalog.lake", "org.apache.iceberg.spark.SparkCatalog");
        SPARK.conf().set("spark.sql.catalog.lake.type", "hadoop");
        SPARK.conf().set("spark.sql.catalog.lake.warehouse", warehouse.toUri().toString());
    }

    @BeforeEach
    void paths() {
        images = root.resolve("images");
        model = Fixtures.model(root.resolve("model"), 1);
        table = "lake.street.masks" + UUID.randomUUID().toString().replace("-", "");
    }

    private LabelImages label() {
        return FcnActions.on(SPARK)
                .labelImages()
                .inputs(List.of(images.toString()))
                .model(model.toString())
                .output(table)
                .engine(EngineRequest.of("onnxruntime", "cpu", "fp32"));
    }

    /** Oldest first. */
    private List<Long> snapshots() {
        return SPARK.sql("SELECT snapshot_id FROM %s.snapshots ORDER BY committed_at".formatted(table))
                .as(Encoders.LONG())
                .collectAsList();
    }

    private static Set<String> images(Dataset<Row> rows) {
        List<String> all = rows.select(MasksSchema.IMAGE).as(Encoders.STRING()).collectAsList();
        assertThat(all).doesNotHaveDuplicates();
        return new HashSet<>(all);
    }

    private Path location() {
        Row location = SPARK.sql("DESCRIBE EXTENDED " + table)
                .filter("col_name = 'Location'")
                .first();
        return Path.of(URI.create(location.getString(1)));
    }

    @Test
    void eachWaveIsASnapshotAndTimeTravelShowsWholeWaves() {
        Fixtures.pictures(images, 20);

        LabelResult report = label().waveImages(7)
                .runId("night-1")
                .runDate(LocalDate.of(2026, 1, 31))
                .execute();

        assertThat(report.labelled()).isEqualTo(20);
        assertThat(report.output()).isEqualTo(table);
        List<Long> snapshots = snapshots();
        assertThat(snapshots).hasSize(3);
        Dataset<Row> now = SPARK.table(table);
        for (int wave = 0; wave < 3; wave++) {
            Dataset<Row> then = SPARK.sql("SELECT * FROM %s VERSION AS OF %d".formatted(table, snapshots.get(wave)));
            assertThat(images(then))
                    .isNotEmpty()
                    .isEqualTo(images(now.filter(
                            pmod(hash(xxhash64(col(MasksSchema.IMAGE))), lit(3)).leq(wave))));
        }
        assertThat(now.schema().names()).isEqualTo(MasksSchema.SCHEMA.names());
        assertThat(SPARK.sql("SELECT DISTINCT partition.run_date FROM %s.files".formatted(table))
                        .first()
                        .getDate(0))
                .hasToString("2026-01-31");
        Row run = SPARK.table(table + "_runs").first();
        assertThat(run.<String>getAs("run_id")).isEqualTo("night-1");
        assertThat(run.<String>getAs("status")).isEqualTo("done");
        assertThat(run.<Long>getAs("labelled")).isEqualTo(20);
        // A file a task, and no shuffle of masks in between.
        assertThat(SPARK.sql("SELECT * FROM %s.files".formatted(table)).count()).isGreaterThan(3);
    }

    @Test
    void whatIsDoneIsLeftOut() {
        Fixtures.pictures(images, 4);
        label().execute();
        assertThat(label().execute().done()).isZero();
        assertThat(snapshots()).hasSize(1);

        Fixtures.picture(images.resolve("new.png"), 40, 40, 98);
        LabelResult second = label().execute();
        assertThat(second.labelled()).isEqualTo(1);
        assertThat(second.skipped()).isEqualTo(4);
        assertThat(snapshots()).hasSize(2);
        assertThat(images(SPARK.table(table))).hasSize(5);

        model = Fixtures.model(root.resolve("other-model"), 2);
        assertThat(label().execute().labelled()).isEqualTo(5);
    }

    @Test
    @Timeout(300)
    void anInterruptedRunGoesOnAndNobodySeesHalfAWave() throws Exception {
        Fixtures.pictures(images, 40);
        CompletableFuture<LabelResult> interrupted = CompletableFuture.supplyAsync(
                () -> label().waveImages(5).runId("r").execute());
        Set<Long> seen = new HashSet<>();
        MaskTable masks = MaskTable.under(SPARK, table);
        while (seen.size() < 3 && !interrupted.isDone()) {
            seen.add(masks.rows().count());
        }
        while (!interrupted.isDone()) {
            SPARK.sparkContext().cancelAllJobs();
            Thread.sleep(5);
        }
        assertThatThrownBy(interrupted::get).isInstanceOf(ExecutionException.class);
        Set<String> before = images(masks.rows());
        assertThat(before).hasSizeBetween(1, 39);

        LabelResult report = label().waveImages(5).runId("r").execute();

        assertThat(report.skipped()).isEqualTo(before.size());
        assertThat(report.labelled()).isEqualTo(40);
        assertThat(images(SPARK.table(table))).hasSize(40).containsAll(before);
        assertThat(wholeWaves(snapshots())).containsAll(seen);
    }

    /** Rows of every snapshot, and those of the table before the first. */
    private Collection<Long> wholeWaves(List<Long> snapshots) {
        List<Long> counts = new ArrayList<>(List.of(0L));
        for (long snapshot : snapshots) {
            counts.add(SPARK.sql("SELECT * FROM %s VERSION AS OF %d".formatted(table, snapshot))
                    .count());
        }
        return counts;
    }

    @Test
    void ofTwoRunsOnOneTableTheSecondIsRefused() {
        Fixtures.pictures(images, 3);
        label().execute();
        Fixtures.picture(images.resolve("new.png"), 40, 40, 98);
        try (OutputLease lease = OutputLease.acquire(
                SPARK.sparkContext().hadoopConfiguration(), location().toString(), "night-1")) {
            assertThatThrownBy(() -> label().execute())
                    .isInstanceOf(OutputException.class)
                    .hasMessageContaining("run night-1")
                    .hasMessageContaining("is writing to output");
            lease.requireHeld();
        }
        assertThat(label().execute().labelled()).isEqualTo(1);
        assertThat(location().resolve("_runs")).isEmptyDirectory();
    }

    @Test
    void masksOfATableAreEvaluatedLikeThoseOfAFolder() {
        for (int i = 0; i < 5; i++) {
            Fixtures.picture(images.resolve("a%d.png".formatted(i)), 50 + i, 40, i);
            Fixtures.truth(root.resolve("truth/a%d.png".formatted(i)), 50 + i, 40, 100 + i);
        }
        Fixtures.picture(images.resolve("alone.png"), 40, 40, 8);
        String folder = root.resolve("output").toString();
        label().execute();
        label().output(folder).execute();

        assertThat(evaluate(table)).isEqualTo(evaluate(folder));
    }

    @Test
    void aTableIsExportedReportedAndAskedLikeAFolder() {
        Fixtures.pictures(images, 3);
        Fixtures.write(images.resolve("broken.png"), new byte[3]);
        label().runId("night-1").execute();
        for (String format : List.of("voc", "coco-stuff")) {
            ExportResult report = FcnActions.on(SPARK)
                    .exportMasks()
                    .masks(table)
                    .where("image LIKE '%picture%'")
                    .format(format)
                    .images(ExportMasks.Images.COPY)
                    .output(root.resolve(format).toString())
                    .execute();
            assertThat(report)
                    .extracting(ExportResult::images, ExportResult::missing)
                    .containsExactly(3L, 0L);
        }
        assertThat(root.resolve("voc/SegmentationClass/picture001.png")).exists();
        assertThat(root.resolve("coco-stuff/images/picture001.png")).exists();
        assertThat(FcnActions.on(SPARK)
                        .reportMasks()
                        .masks(table)
                        .output(root.resolve("report.html").toString())
                        .execute()
                        .rows())
                .isEqualTo(4);
        ResultViews.create(SPARK, table);
        assertThat(SPARK.sql("SELECT rejected, code FROM runs JOIN rejects USING (run_id)")
                        .collectAsList())
                .hasToString("[[1,not-an-image]]");
    }

    private EvaluationResult evaluate(String masks) {
        return FcnActions.on(SPARK)
                .evaluateMasks()
                .masks(masks)
                .truth(root.resolve("truth").toString(), PLAIN)
                .execute();
    }

    @Test
    void aTableOfItsOwnMayHaveMoreColumnsButNotFewer() {
        Fixtures.pictures(images, 2);
        label().execute();
        SPARK.sql("ALTER TABLE %s ADD COLUMN checked BOOLEAN".formatted(table));
        Fixtures.picture(images.resolve("new.png"), 40, 40, 98);
        assertThat(label().execute().labelled()).isEqualTo(1);

        SPARK.sql("ALTER TABLE %s DROP COLUMN mean_entropy".formatted(table));
        assertThatThrownBy(() -> label().execute())
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining(table)
                .hasMessageContaining("mean_entropy FLOAT");
    }

    @Test
    void namesThatMeanNoTableAreTold() throws Exception {
        Fixtures.pictures(images, 1);
        assertThatThrownBy(() -> label().output("lakes.street.masks").execute())
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("no catalog 'lakes'")
                .hasMessageContaining("spark.sql.catalog.lakes")
                .hasMessageContaining("./lakes.street.masks");
        assertThatThrownBy(() -> label().output("lake.my-lane.masks").execute())
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("backquotes");
        assertThatThrownBy(() -> label().output("spark_catalog.default.masks").execute())
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("Hive")
                .hasMessageContaining("Iceberg or Delta");
        assertThat(SPARK.catalog().tableExists("spark_catalog.default.masks")).isFalse();
        Files.createDirectories(root.resolve("truth"));
        assertThatThrownBy(() -> evaluate("lake.street.none"))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("there is no table lake.street.none");

        String folder = root.resolve("lake.street.masks").toString();
        assertThat(label().output(folder).execute().output()).isEqualTo(folder + "/masks");
        try (var files = Files.list(warehouse)) {
            assertThat(files).noneMatch(file -> file.endsWith("my-lane"));
        }
    }

    @Test
    void aTableMayHaveAQuotedName() {
        Fixtures.pictures(images, 1);
        table = "lake.`my-street`.`masks 1`";
        assertThat(label().execute().labelled()).isEqualTo(1);
        assertThat(SPARK.table(table).count()).isEqualTo(1);
    }
}
