package io.fcnspark.spark.label;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fcnspark.engine.EngineRequest;
import io.fcnspark.errors.BadInputException;
import io.fcnspark.errors.OutputException;
import io.fcnspark.image.ImageDecoder;
import io.fcnspark.image.RgbImage;
import io.fcnspark.labelling.Fixtures;
import io.fcnspark.labels.LabelConvention;
import io.fcnspark.labels.LabelConventions;
import io.fcnspark.labels.Mask;
import io.fcnspark.labels.MaskPng;
import io.fcnspark.labels.TruthDecoder;
import io.fcnspark.metrics.ConfusionMatrix;
import io.fcnspark.metrics.MetricsState;
import io.fcnspark.metrics.SegmentationMetrics;
import io.fcnspark.spark.FcnActions;
import io.fcnspark.spark.SharedSpark;
import io.fcnspark.spark.evaluate.EvaluationResult;
import io.fcnspark.spark.storage.FlakyFileSystem;
import io.fcnspark.spark.storage.OutputLease;
import io.fcnspark.spark.tables.ConfusionColumn;
import io.fcnspark.spark.tables.MaskTable;
import io.fcnspark.spark.tables.MasksSchema;
import io.fcnspark.spark.tables.Rejected;
import io.fcnspark.weights.ModelBundle;
import io.fcnspark.weights.ModelException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class LabelImagesTest {
    private static final LabelConvention PLAIN = LabelConvention.plain(Fixtures.CLASSES);
    private static final long MAX_PIXELS = 1 << 24;

    private final SparkSession spark = SharedSpark.session();

    @TempDir
    private Path root;

    private Path images;
    private Path truth;
    private Path output;
    private Path model;

    @BeforeEach
    void paths() {
        images = root.resolve("images");
        truth = root.resolve("labels");
        output = root.resolve("output");
        model = Fixtures.model(root.resolve("model"), 1);
    }

    private LabelImages label() {
        return FcnActions.on(spark)
                .labelImages()
                .inputs(List.of(images.toString()))
                .model(model.toString())
                .output(output.toString())
                .engine(EngineRequest.of("onnxruntime", "cpu", "fp32"));
    }

    private Dataset<Row> rows() {
        return MaskTable.under(spark, output.toString()).rows();
    }

    private Map<String, Row> rowsByName() {
        Map<String, Row> byName = new HashMap<>();
        for (Row row : rows().collectAsList()) {
            String image = row.getAs(MasksSchema.IMAGE);
            assertThat(byName.put(image.substring(image.lastIndexOf('/') + 1), row))
                    .as("a second row of %s", image)
                    .isNull();
        }
        return byName;
    }

    @Test
    void everyImageGetsAMaskOfItsOwnSize() throws Exception {
        List<Path> pictures = Fixtures.pictures(images, 23);

        LabelResult report = label().batch(3)
                .runId("night-1")
                .runDate(LocalDate.of(2026, 1, 31))
                .execute();

        assertThat(report.images()).isEqualTo(23);
        assertThat(report.labelled()).isEqualTo(23);
        assertThat(report.rejected()).isZero();
        assertThat(report.skipped()).isZero();
        assertThat(report.engine()).isEqualTo("onnxruntime");
        assertThat(report.metrics()).isEmpty();
        Map<String, Row> rows = rowsByName();
        assertThat(rows).hasSize(23);
        for (Path picture : pictures) {
            Row row = rows.get(picture.getFileName().toString());
            RgbImage image = new ImageDecoder(MAX_PIXELS).decode(Files.readAllBytes(picture));
            Mask mask = MaskPng.decode(row.getAs(MasksSchema.MASK));
            assertThat(mask.width()).isEqualTo(image.width()).isEqualTo(row.<Integer>getAs(MasksSchema.WIDTH));
            assertThat(mask.height()).isEqualTo(image.height()).isEqualTo(row.<Integer>getAs(MasksSchema.HEIGHT));
            assertThat(row.<Long>getAs(MasksSchema.IMAGE_BYTES)).isEqualTo(Files.size(picture));
            long pixels = row.<Row>getList(row.fieldIndex(MasksSchema.CLASSES)).stream()
                    .mapToLong(c -> c.getAs("pixels"))
                    .sum();
            assertThat(pixels).isEqualTo((long) image.width() * image.height());
            assertThat(row.<Float>getAs(MasksSchema.MEAN_CONFIDENCE)).isBetween(0.2f, 1f);
            assertThat(row.<String>getAs(MasksSchema.MODEL))
                    .isEqualTo(report.model())
                    .matches("tiny@[0-9a-f]{12}");
            assertThat(row.<String>getAs(MasksSchema.RUN_ID)).isEqualTo("night-1");
            assertThat(row.getAs(MasksSchema.RUN_DATE).toString()).isEqualTo("2026-01-31");
            assertThat(row.<byte[]>getAs(MasksSchema.CONFIDENCE)).isNull();
        }
    }

    @Test
    void whateverAFileSystemHasBecomesARow() throws Exception {
        for (String name : List.of(
                "good.png",
                "2026-01-31T05:00:00.png",
                "line\nbreak.png",
                " blanks .png",
                "100%25 #1?.png",
                "back\\slash.png",
                "東京.png")) {
            Fixtures.picture(images.resolve(name), 40, 30, 1);
            Fixtures.truth(truth.resolve(name), 40, 30, 2);
        }
        Path latin = Path.of(URI.create("file://" + images + "/caf%E9.png"));
        Files.copy(images.resolve("good.png"), latin);
        Files.createSymbolicLink(images.resolve("gone.png"), Path.of("nowhere.png"));
        assertThat(new ProcessBuilder("mkfifo", images.resolve("pipe.png").toString())
                        .start()
                        .waitFor())
                .isZero();
        Files.writeString(images.resolve("notes.heic"), "x");

        LabelResult report = label().truth(truth.toString(), PLAIN).execute();

        assertThat(report.images()).isEqualTo(10);
        assertThat(report.rejectsByCode()).isEqualTo(Map.of("truth-missing", 1L, "unreadable", 2L));
        assertThat(report.leftOutByEnding()).isEqualTo(Map.of(".heic", 1L));
        assertThat(report.metrics().orElseThrow().images()).isEqualTo(7);
        Map<String, Row> rows = rowsByName();
        assertThat(message(rows.get("gone.png"))).contains("link to nowhere.png");
        assertThat(message(rows.get("pipe.png"))).contains("pipe");
        assertThat(rows.get("caf%E9.png").<Integer>getAs(MasksSchema.WIDTH)).isEqualTo(40);
        // They are done: nothing is tried again as long as nothing changes.
        assertThat(label().truth(truth.toString(), PLAIN).execute().skipped()).isEqualTo(10);
    }

    private static String message(Row row) {
        return row.<Row>getAs(MasksSchema.ERROR).getString(1);
    }

    @Test
    void imagesLargerThanAPassAreRowsLikeOthers() throws Exception {
        Fixtures.picture(images.resolve("large.png"), 900, 700, 1);
        Fixtures.picture(images.resolve("small.png"), 60, 50, 2);
        Fixtures.truth(truth.resolve("large.png"), 900, 700, 3);
        Fixtures.truth(truth.resolve("small.png"), 60, 50, 4);

        LabelResult report =
                label().tilePixels(600_000).truth(truth.toString(), PLAIN).execute();

        assertThat(report.labelled()).isEqualTo(2);
        Mask mask = MaskPng.decode(rowsByName().get("large.png").getAs(MasksSchema.MASK));
        assertThat(mask.width()).isEqualTo(900);
        assertThat(mask.height()).isEqualTo(700);
        // Of ten pixels of truth, one is void.
        assertThat(report.metrics().orElseThrow().pixels()).isEqualTo((900L * 700 + 60 * 50) * 9 / 10);
    }

    @Test
    void badImagesAreRowsWithReasons() throws IOException {
        Fixtures.pictures(images, 6);
        byte[] png = Files.readAllBytes(Fixtures.picture(root.resolve("whole.png"), 64, 48, 7));
        byte[] jpeg = Files.readAllBytes(Fixtures.picture(root.resolve("whole.jpg"), 64, 48, 7));
        Fixtures.write(images.resolve("empty.jpg"), new byte[0]);
        Fixtures.write(images.resolve("text.jpg"), "no picture at all\n".getBytes(StandardCharsets.UTF_8));
        Fixtures.write(images.resolve("cut.png"), Arrays.copyOf(png, png.length / 2));
        Fixtures.write(images.resolve("cut.jpg"), Arrays.copyOf(jpeg, jpeg.length / 2));
        Fixtures.write(images.resolve("huge.png"), hugePngHeader());
        Files.createDirectories(images.resolve("x.png"));
        Path list = Files.writeString(root.resolve("list.txt"), images + "/gone.png\n");

        LabelResult report =
                label().inputs(List.of(images.toString(), list.toString())).execute();

        assertThat(report.labelled()).isEqualTo(6);
        assertThat(report.rejectsByCode())
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("not-an-image", 2L, "truncated", 2L, "too-large", 1L, "unreadable", 1L));
        assertThat(report.rejectRate()).isEqualTo(0.5);
        Map<String, Row> rows = rowsByName();
        assertThat(rows).hasSize(12);
        assertThat(code(rows.get("empty.jpg"))).isEqualTo("not-an-image");
        assertThat(code(rows.get("text.jpg"))).isEqualTo("not-an-image");
        assertThat(code(rows.get("cut.png"))).isEqualTo("truncated");
        assertThat(code(rows.get("cut.jpg"))).isEqualTo("truncated");
        assertThat(code(rows.get("huge.png"))).isEqualTo("too-large");
        assertThat(code(rows.get("gone.png"))).isEqualTo("unreadable");
        assertThat(rows.get("picture000.png")
                        .isNullAt(rows.get("picture000.png").fieldIndex(MasksSchema.ERROR)))
                .isTrue();
        assertThat(rows.get("cut.png").<byte[]>getAs(MasksSchema.MASK)).isNull();
    }

    private static String code(Row row) {
        return row.<Row>getAs(MasksSchema.ERROR).getAs("code");
    }

    /** Signature and IHDR of a PNG of 60000 x 60000 pixels. */
    private static byte[] hugePngHeader() {
        java.nio.ByteBuffer png = java.nio.ByteBuffer.allocate(33);
        png.put(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'}).putInt(13);
        byte[] header = java.nio.ByteBuffer.allocate(17)
                .put("IHDR".getBytes(StandardCharsets.US_ASCII))
                .putInt(60_000)
                .putInt(60_000)
                .put(new byte[] {8, 2, 0, 0, 0})
                .array();
        java.util.zip.CRC32 crc = new java.util.zip.CRC32();
        crc.update(header);
        return png.put(header).putInt((int) crc.getValue()).array();
    }

    @Test
    void truthIsComparedInTheSamePass() throws Exception {
        for (int i = 0; i < 7; i++) {
            Fixtures.picture(images.resolve("street %d/a#b%%20+ü%d.png".formatted(i % 2, i)), 50 + i, 40, i);
            Fixtures.truth(truth.resolve("street %d/a#b%%20+ü%d.png".formatted(i % 2, i)), 50 + i, 40, 100 + i);
        }
        Fixtures.picture(images.resolve("alone.png"), 40, 40, 8);
        Fixtures.picture(images.resolve("other-size.png"), 40, 40, 9);
        Fixtures.truth(truth.resolve("other-size.png"), 40, 41, 9);

        LabelResult report = label().truth(truth.toString(), PLAIN).runId("r").execute();

        assertThat(report.rejectsByCode())
                .containsExactlyInAnyOrderEntriesOf(Map.of("truth-missing", 1L, "truth-mismatch", 1L));
        assertThat(report.labelled()).isEqualTo(7);
        MetricsState expected = MetricsState.zero(5);
        for (Map.Entry<String, Row> entry : rowsByName().entrySet()) {
            Row row = entry.getValue();
            Mask mask = MaskPng.decode(row.getAs(MasksSchema.MASK));
            if (row.isNullAt(row.fieldIndex(MasksSchema.ERROR))) {
                String image = row.getAs(MasksSchema.IMAGE);
                Path truthFile = truth.resolve(image.substring(image.indexOf("/images/") + "/images/".length()));
                Mask truthMask = new TruthDecoder(PLAIN, MAX_PIXELS).decode(Files.readAllBytes(truthFile));
                ConfusionMatrix confusion = ConfusionMatrix.of(5, truthMask, mask);
                assertThat(ConfusionColumn.read(
                                5,
                                row.getList(row.fieldIndex(MasksSchema.CONFUSION)),
                                (long) mask.width() * mask.height()))
                        .isEqualTo(confusion);
                expected = expected.plus(MetricsState.ofImage(confusion));
            } else {
                assertThat(row.isNullAt(row.fieldIndex(MasksSchema.CONFUSION))).isTrue();
            }
        }
        assertThat(report.metrics()).contains(SegmentationMetrics.of(expected, Fixtures.CLASSES));
        assertThat(expected.images()).isEqualTo(7);
        assertThat(expected.confusion().ignoredPixels()).isPositive();

        EvaluationResult fromTable = FcnActions.on(spark)
                .evaluateMasks()
                .masks(output.toString())
                .truth(truth.toString(), PLAIN)
                .execute();
        assertThat(fromTable.metrics()).isEqualTo(SegmentationMetrics.of(expected, Fixtures.CLASSES));
        assertThat(fromTable.leftOutByCode()).isEqualTo(Map.of("truth-missing", 1L, "truth-mismatch", 1L));

        Path masks = root.resolve("pngs");
        for (Row row : rows().collectAsList()) {
            String image = row.getAs(MasksSchema.IMAGE);
            Fixtures.write(
                    masks.resolve(image.substring(image.indexOf("/images/") + "/images/".length())),
                    row.getAs(MasksSchema.MASK));
        }
        EvaluationResult fromFiles = FcnActions.on(spark)
                .evaluateMasks()
                .masks(masks.toString())
                .truth(truth.toString(), PLAIN)
                .execute();
        assertThat(fromFiles).isEqualTo(fromTable);
    }

    @Test
    void truthAmongTheImagesIsNotLabelled() {
        Path dataSet = root.resolve("data-set");
        for (int i = 0; i < 3; i++) {
            Fixtures.picture(dataSet.resolve("images/a%d.png".formatted(i)), 40, 40, i);
            Fixtures.truth(dataSet.resolve("labels/a%d.png".formatted(i)), 40, 40, i);
        }
        LabelResult report = label().inputs(List.of(dataSet.toString()))
                .truth(dataSet.toString(), PLAIN)
                .execute();
        assertThat(report.images()).isEqualTo(3);
        assertThat(report.labelled()).isEqualTo(3);
        assertThat(report.metrics().orElseThrow().images()).isEqualTo(3);
    }

    @Test
    void whatIsDoneIsLeftOut() throws IOException {
        List<Path> pictures = Fixtures.pictures(images, 5);
        label().execute();

        LabelResult nothingNew = label().execute();
        assertThat(nothingNew.skipped()).isEqualTo(5);
        assertThat(nothingNew.labelled()).isZero();
        assertThat(rows().count()).isEqualTo(5);

        Fixtures.picture(pictures.get(2), 77, 33, 99);
        Fixtures.picture(images.resolve("new.png"), 40, 40, 98);
        LabelResult changed = label().execute();
        assertThat(changed.labelled()).isEqualTo(2);
        assertThat(changed.skipped()).isEqualTo(4);

        model = Fixtures.model(root.resolve("other-model"), 2);
        assertThat(label().execute().labelled()).isEqualTo(6);
        assertThat(rows().select(MasksSchema.MODEL).distinct().count()).isEqualTo(2);
    }

    @Test
    void timeOrLengthAloneMakesAChange() throws IOException {
        Instant day = Instant.parse("2026-01-31T00:00:00Z");
        List<Path> pictures = Fixtures.pictures(images, 3);
        for (Path picture : pictures) {
            Files.setLastModifiedTime(picture, FileTime.from(day));
        }
        label().execute();

        Files.setLastModifiedTime(pictures.get(0), FileTime.from(day.plusSeconds(1)));
        byte[] longer = Arrays.copyOf(Files.readAllBytes(pictures.get(1)), (int) Files.size(pictures.get(1)) + 1);
        Files.setLastModifiedTime(Files.write(pictures.get(1), longer), FileTime.from(day));
        LabelResult changed = label().runId("changed").execute();

        assertThat(changed.done()).isEqualTo(2);
        assertThat(rows().filter(MasksSchema.RUN_ID + " = 'changed'")
                        .select(MasksSchema.IMAGE)
                        .as(Encoders.STRING())
                        .collectAsList())
                .allMatch(image -> image.endsWith("picture000.png") || image.endsWith("picture001.png"));
        assertThat(label().execute().done()).isZero();
    }

    @Test
    void aNightWithNothingNewReadsNoWeights() throws IOException {
        Fixtures.pictures(images, 3);
        label().execute();
        Files.write(model.resolve(ModelBundle.WEIGHTS_FILE), new byte[] {1, 2, 3});

        LabelResult nothingNew = label().execute();
        assertThat(nothingNew.done()).isZero();
        assertThat(nothingNew.skipped()).isEqualTo(3);
        assertThat(nothingNew.engine()).isEqualTo("onnxruntime");

        Fixtures.picture(images.resolve("new.png"), 40, 40, 98);
        assertThatThrownBy(() -> label().execute())
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(ModelBundle.WEIGHTS_FILE);
        assertThat(rowsByName()).hasSize(3);

        Files.delete(model.resolve(ModelBundle.WEIGHTS_FILE));
        assertThatThrownBy(() -> label().inputs(List.of(root + "/none")).execute())
                .as("before any listing")
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(ModelBundle.WEIGHTS_FILE);
    }

    @Test
    @Timeout(600)
    void anInterruptedRunGoesOnWhereItWas() {
        Fixtures.pictures(images, 40);
        LabelImages run = label().inputs(List.of(flaky(images))).waveImages(4).runId("r");
        int openings = FlakyFileSystem.OPENINGS.drainPermits();
        CompletableFuture<LabelResult> interrupted;
        try {
            // Enough for some waves; the run then waits in one.
            FlakyFileSystem.OPENINGS.release(20);
            interrupted = CompletableFuture.supplyAsync(run::execute);
            await().atMost(Duration.ofMinutes(4)).until(() -> interrupted.isDone() || rows().count() > 0);
            await().atMost(Duration.ofMinutes(4)).until(() -> {
                spark.sparkContext().cancelAllJobs();
                return interrupted.isDone();
            });
        } finally {
            FlakyFileSystem.OPENINGS.release(openings - 20);
        }
        assertThatThrownBy(interrupted::get).isInstanceOf(ExecutionException.class);
        long before = rows().count();
        assertThat(before).isBetween(1L, 20L);

        LabelResult report = run.execute();

        assertThat(report.skipped()).isEqualTo(before);
        assertThat(report.labelled()).isEqualTo(40);
        assertThat(rowsByName()).hasSize(40);
    }

    @Test
    void whatAKilledRunHadNotCommittedIsNotPublishedLater() throws Exception {
        Fixtures.pictures(images, 6);
        label().runDate(LocalDate.of(2026, 1, 31)).execute();
        Path killed = root.resolve("killed");
        Path finishedTask = killed.resolve("masks/_temporary/0/task_202601310000000000000_0000_m_000000");
        Files.createDirectories(finishedTask.getParent());
        Files.move(
                output.resolve("masks/run_date=2026-01-31"),
                Files.createDirectory(finishedTask).resolve("run_date=2026-01-31"));

        output = killed;
        label().waveImages(2).execute();

        assertThat(rowsByName()).hasSize(6);
        assertThat(killed.resolve("masks/_temporary")).doesNotExist();
    }

    private String flaky(Path folder) {
        spark.sparkContext()
                .hadoopConfiguration()
                .setClass("fs.flaky.impl", FlakyFileSystem.class, org.apache.hadoop.fs.FileSystem.class);
        return "flaky://" + folder;
    }

    @Test
    void whatTheStorageDoesNotGiveIsLeftToTheNextRun() {
        for (int i = 0; i < 4; i++) {
            Fixtures.picture(images.resolve("a%d.png".formatted(i)), 40, 40, i);
            Fixtures.truth(truth.resolve("a%d.png".formatted(i)), 40, 40, i);
        }
        FlakyFileSystem.FAILURES.putAll(Map.of("a1.png", 1, "a2.png", 1000));
        LabelImages flaky = label().inputs(List.of(flaky(images))).truth(flaky(truth), PLAIN);

        LabelResult report = flaky.execute();

        assertThat(report.labelled()).isEqualTo(3);
        assertThat(report.unavailable()).isEqualTo(1);
        assertThat(report.rejected()).isZero();
        assertThat(report.rejectRate()).isEqualTo(0.25);
        assertThat(rowsByName()).containsOnlyKeys("a0.png", "a1.png", "a3.png");

        FlakyFileSystem.FAILURES.clear();
        report = flaky.execute();
        assertThat(report.skipped()).isEqualTo(3);
        assertThat(report.done()).isEqualTo(1);
        assertThat(report.unavailable()).isZero();
        assertThat(rowsByName()).hasSize(4);
    }

    @Test
    void whatWasRejectedIsTriedAgainOnRequest() throws IOException {
        Fixtures.pictures(images, 3);
        Fixtures.picture(images.resolve("late.png"), 40, 40, 9);
        for (int i = 0; i < 3; i++) {
            Fixtures.truth(truth.resolve("picture%03d.png".formatted(i)), 40 + 7 * i, 33 + i, i);
        }
        assertThat(label().truth(truth.toString(), PLAIN).execute().rejectsByCode())
                .isEqualTo(Map.of("truth-missing", 1L));
        assertThat(label().truth(truth.toString(), PLAIN).execute().done()).isZero();

        Fixtures.truth(truth.resolve("late.png"), 40, 40, 9);
        LabelResult retried =
                label().truth(truth.toString(), PLAIN).rejected(Rejected.RETRY).execute();

        assertThat(retried.labelled()).isEqualTo(1);
        assertThat(retried.skipped()).isEqualTo(3);
        Map<String, Row> rows = rowsByName();
        assertThat(rows).hasSize(4);
        assertThat(rows.get("late.png").<Row>getAs(MasksSchema.ERROR)).isNull();
        assertThat(label().rejected(Rejected.RETRY).execute().done()).isZero();
        EvaluationResult report = FcnActions.on(spark)
                .evaluateMasks()
                .masks(output.toString())
                .truth(truth.toString(), PLAIN)
                .execute();
        assertThat(report.metrics().images()).isEqualTo(4);
        assertThat(report.leftOutByCode()).isEmpty();
    }

    @Test
    void olderImagesAreLeftOutOnRequest() throws IOException {
        List<Path> pictures = Fixtures.pictures(images, 3);
        Instant day = Instant.parse("2026-01-31T00:00:00Z");
        Files.setLastModifiedTime(pictures.get(0), FileTime.from(day.minusMillis(1)));
        Files.setLastModifiedTime(pictures.get(1), FileTime.from(day));
        LabelResult report = label().since(day).execute();
        assertThat(report.images()).isEqualTo(3);
        assertThat(report.skipped()).isEqualTo(1);
        assertThat(rowsByName()).containsOnlyKeys("picture001.png", "picture002.png");

        LabelResult nothing = label().since(Instant.now().plusSeconds(60)).execute();
        assertThat(nothing.done()).isZero();
        assertThat(nothing.rejectRate()).isZero();
    }

    @Test
    @Timeout(120)
    void ofTwoRunsOnOneOutputTheSecondIsRefused() {
        Fixtures.pictures(images, 3);
        try (OutputLease lease =
                OutputLease.acquire(spark.sparkContext().hadoopConfiguration(), output.toString(), "night-1")) {
            assertThatThrownBy(() -> label().execute())
                    .isInstanceOf(OutputException.class)
                    .hasMessageContaining("run night-1")
                    .hasMessageContaining("is writing to output");
            lease.requireHeld();
        }
        assertThat(label().execute().labelled()).isEqualTo(3);
    }

    @Test
    void whatCannotWorkFailsBeforeAnyWork() throws IOException {
        Fixtures.pictures(images, 1);
        assertThatThrownBy(() -> label().model(root + "/none").execute()).hasMessageContaining("no model");
        assertThatThrownBy(() -> label().inputs(List.of(root + "/none")).execute())
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining(root + "/none");
        Path noImages = Files.createDirectories(root.resolve("no-images"));
        Files.writeString(noImages.resolve("readme.md"), "");
        assertThatThrownBy(() -> label().inputs(List.of(noImages.toString())).execute())
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("no images under " + noImages)
                .hasMessageContaining("jpg");
        Path file = Files.writeString(root.resolve("a-file"), "");
        assertThatThrownBy(
                        () -> label().output(file.resolve("output").toString()).execute())
                .isInstanceOf(OutputException.class)
                .hasMessageContaining("cannot be written");
        assertThatThrownBy(() -> label().engine(EngineRequest.of("onnxruntime", "gpu", "auto"))
                        .execute())
                .hasMessageContaining("gpu");
        assertThatThrownBy(() -> label().truth(noImages.toString(), PLAIN).execute())
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("no image has truth");
        assertThatThrownBy(() -> label().truth(truth.toString(), LabelConventions.of("camvid"))
                        .execute())
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("has 5 classes")
                .hasMessageContaining("11");
        assertThat(MaskTable.under(spark, output.toString()).exists()).isFalse();
    }
}
