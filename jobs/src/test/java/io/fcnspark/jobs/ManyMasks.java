package io.fcnspark.jobs;

import io.fcnspark.image.ImageException;
import io.fcnspark.labels.Mask;
import io.fcnspark.labels.MaskPng;
import io.fcnspark.metrics.ConfusionMatrix;
import io.fcnspark.scenes.SceneFolder;
import io.fcnspark.scenes.SceneGenerator;
import io.fcnspark.scenes.SceneSizes;
import io.fcnspark.spark.tables.ConfusionColumn;
import io.fcnspark.spark.tables.MaskTable;
import io.fcnspark.spark.tables.MasksSchema;
import io.fcnspark.spark.tables.RunRecord;
import io.fcnspark.spark.tables.RunTable;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;

/**
 * An output of ten days with two runs each, the first of a day with truth. Rows share the masks of some hundred small scenes, and
 * differ in everything else, which follows from their number alone. One image in a hundred is rejected, and a fifth of those are
 * labelled by the next run. The images of the last day are there, as links, with their truth.
 *
 * @param folder of all of it
 * @param rows of the table, without those of images that are tried again
 */
record ManyMasks(String folder, int rows) implements Serializable {
    static final int DAYS = 10;

    private static final LocalDate FIRST_DAY = LocalDate.of(2026, 1, 1);
    private static final int RUNS = 2 * DAYS;
    private static final int SCENES = 300;
    private static final int ROWS_PER_FILE = 3000;
    private static final int HEIGHT = 96;
    private static final int WIDTH = 128;
    private static final String MODEL = "street@0123456789ab";
    private static final List<String> CODES = List.of("truncated", "not-an-image", "unreadable");

    /** What rows share. */
    private record Scene(byte[] mask, int[] ids, long[] pixels, Row[] confusion) implements Serializable {}

    /** The output folder. */
    String output() {
        return folder + "/labelled";
    }

    /** The folder of the truth of the last day. */
    String truth() {
        return folder + "/truth";
    }

    String labels() {
        return folder + "/scenes/" + SceneFolder.LABELS_FILE;
    }

    static String runId(int run) {
        return "night-%02d".formatted(run + 1);
    }

    static LocalDate day(int run) {
        return FIRST_DAY.plusDays(run / 2);
    }

    /** Makes all of it, unless it is there. */
    void make(SparkSession spark) throws IOException, ImageException {
        Path done = Path.of(folder, "rows-" + rows);
        if (Files.exists(done)) {
            return;
        }
        Path drawn = Path.of(folder, "scenes");
        SceneFolder.write(new SceneGenerator(1, SceneSizes.of(HEIGHT, WIDTH)), SCENES, drawn);
        Scene[] scenes = new Scene[SCENES];
        for (int i = 0; i < SCENES; i++) {
            scenes[i] = scene(MaskPng.decode(
                    Files.readAllBytes(drawn.resolve("labels/scene_%06d.png".formatted(i))),
                    SceneGenerator.CLASSES.ignoreLabel()));
        }
        int perRun = rows / RUNS;
        for (int run = 0; run < RUNS; run++) {
            append(spark, scenes, run, perRun);
        }
        for (long number = (RUNS - 2L) * perRun; number < (long) RUNS * perRun; number++) {
            String scene = "scene_%06d".formatted(number % SCENES);
            link(image(number, perRun), drawn.resolve("images/" + scene + ".jpg"));
            link(truth() + "/" + place(number, perRun) + ".png", drawn.resolve("labels/" + scene + ".png"));
        }
        Files.createFile(done);
    }

    private static void link(String link, Path target) throws IOException {
        Files.createDirectories(Path.of(link).getParent());
        Files.createSymbolicLink(Path.of(link), target);
    }

    private String image(long number, int perRun) {
        return folder + "/images/" + place(number, perRun) + ".jpg";
    }

    private static String place(long number, int perRun) {
        return "day=%s/camera-%d/%07d".formatted(day((int) (number / perRun)), number % 7, number);
    }

    /** A mask that is the truth two pixels to the left of it. */
    private static Scene scene(Mask truth) {
        char[] labels = new char[truth.labels().length];
        for (int i = 0; i < labels.length; i++) {
            char label = truth.labels()[Math.min(i + 2, labels.length - 1)];
            labels[i] = label == Mask.IGNORE ? 0 : label;
        }
        Mask predicted = new Mask(truth.width(), truth.height(), labels);
        int classes = SceneGenerator.CLASSES.size();
        Map<Integer, Long> pixels = predicted.pixelsByLabel();
        return new Scene(
                MaskPng.encode(predicted, classes),
                pixels.keySet().stream().mapToInt(Integer::intValue).toArray(),
                pixels.values().stream().mapToLong(Long::longValue).toArray(),
                ConfusionColumn.write(ConfusionMatrix.of(classes, truth, predicted)));
    }

    private void append(SparkSession spark, Scene[] scenes, int run, int perRun) {
        Instant started = started(run);
        MaskTable.under(spark, output())
                .append(spark.createDataFrame(
                        spark.range((long) run * perRun, (run + 1L) * perRun, 1, 1 + perRun / ROWS_PER_FILE)
                                .javaRDD()
                                .flatMap(number -> rows(scenes, number, perRun)),
                        MasksSchema.SCHEMA));
        RunTable.under(spark, output())
                .append(new RunRecord(
                        runId(run),
                        day(run),
                        started,
                        started.plusSeconds(perRun / 50),
                        RunRecord.Status.DONE,
                        Optional.empty(),
                        Optional.of(new RunRecord.Counts(
                                perRun,
                                perRun - perRun / 100,
                                perRun / 100,
                                Map.of("truncated", perRun / 100L),
                                0,
                                0,
                                Map.of(),
                                50)),
                        new RunRecord.Computation(MODEL, "onednn", "bf16", "cpu"),
                        Optional.empty(),
                        Map.of("spark", spark.version()),
                        "local-" + run,
                        Map.of()));
    }

    private static Instant started(int run) {
        return day(run).atTime(run % 2 == 0 ? 1 : 3, 0).toInstant(ZoneOffset.UTC);
    }

    /** The row of a number, and that of an image which the run before rejected. */
    private Iterator<Row> rows(Scene[] scenes, long number, int perRun) {
        int run = (int) (number / perRun);
        boolean again = run > 0 && random(number - perRun).nextInt(500) == 0;
        return Stream.concat(
                        Stream.of(row(scenes, number, perRun, run)),
                        again ? Stream.of(row(scenes, number - perRun, perRun, run)) : Stream.empty())
                .iterator();
    }

    private static SplittableRandom random(long number) {
        return new SplittableRandom(number);
    }

    private Row row(Scene[] scenes, long number, int perRun, int run) {
        SplittableRandom random = random(number);
        boolean rejected = random.nextInt(500) < 5 && run == number / perRun;
        Scene scene = scenes[(int) (number % scenes.length)];
        List<Row> classes = new ArrayList<>();
        double confidence = 0;
        for (int i = 0; i < scene.ids().length; i++) {
            double ofClass = 1 - random.nextDouble() * (0.1 + 0.04 * scene.ids()[i]);
            confidence += ofClass * scene.pixels()[i] / (HEIGHT * WIDTH);
            classes.add(RowFactory.create(
                    scene.ids()[i], SceneGenerator.CLASSES.names().get(scene.ids()[i]), scene.pixels()[i], (float)
                            ofClass));
        }
        return RowFactory.create(
                "file:" + image(number, perRun),
                Timestamp.from(started((int) (number / perRun)).minusSeconds(86_400 - number % perRun)),
                20_000 + number % 10_000,
                rejected ? null : HEIGHT,
                rejected ? null : WIDTH,
                rejected ? null : scene.mask(),
                rejected ? null : classes.toArray(Row[]::new),
                rejected ? null : (float) confidence,
                rejected ? null : (float) (2.2 * (1 - confidence)),
                null,
                rejected || run % 2 == 1 ? null : scene.confusion(),
                rejected ? RowFactory.create(CODES.get((int) (number % CODES.size())), "byte " + number) : null,
                MODEL,
                "onednn",
                "bf16",
                runId(run),
                Date.valueOf(day(run)),
                Timestamp.from(started(run).plusMillis(20 * (number % perRun))));
    }
}
