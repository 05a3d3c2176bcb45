package io.fcnspark.jobs;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import io.fcnspark.spark.tables.MaskTable;
import io.fcnspark.spark.tables.MasksSchema;
import io.fcnspark.spark.tables.Rejected;
import io.fcnspark.spark.tables.ResultViews;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;

/**
 * How long questions to a large table of masks take. Not among the tests; pipeline/docs/sql/README.md says how to run it, and what
 * came out.
 */
class QueriesBenchmark {
    private static final Path FOLDER = Path.of(System.getProperty("benchmark.folder", "target/queries"));
    private static final int ROWS = Integer.getInteger("benchmark.rows", 1_000_000);
    private static final int ROUNDS = Integer.getInteger("benchmark.rounds", 3);
    private static final int LAST = 2 * ManyMasks.DAYS - 1;

    private static final ManyMasks MASKS = new ManyMasks(FOLDER.toAbsolutePath().toString(), ROWS);

    @Test
    void queries() throws Exception {
        try (SparkSession spark = SparkSessions.open("queries")) {
            MASKS.make(spark);
            time("views of fcn sql", () -> ResultViews.create(spark, MASKS.output()));
            SqlSession session = new SqlSession(spark, ResultFormat.CSV, new PrintWriter(Writer.nullWriter()));
            for (Map.Entry<String, String> query : questions().entrySet()) {
                time(query.getKey(), () -> session.run(query.getValue()));
            }
            time("a night with nothing new", () -> leaveOutAll(spark));
        }
    }

    @Test
    void commands() throws Exception {
        try (SparkSession spark = SparkSessions.open("queries")) {
            MASKS.make(spark);
        }
        String lastRun = "run_id = '%s'".formatted(ManyMasks.runId(LAST));
        String lastDay = "run_date = '%s'".formatted(ManyMasks.day(LAST));
        time(
                "fcn evaluate, 1 run of 20",
                () -> fcn("evaluate", "--where", lastRun, "--truth", MASKS.truth(), "--labels", MASKS.labels()));
        String page = FOLDER.resolve("report.html").toString();
        time("fcn report, 1 day of 10", () -> fcn("report", "--where", lastDay, "--output", page));
        time(
                "fcn report, 1 day of 10, 1000 images",
                () -> fcn("report", "--where", lastDay, "--output", page, "--images", "334"));
        System.out.printf("%-42s %8.1f MB%n", "... page", Files.size(Path.of(page)) / 1e6);
        time("fcn report, all", () -> fcn("report", "--output", page));
    }

    private static Map<String, String> questions() {
        String lastDay = ManyMasks.day(LAST).toString();
        Map<String, String> questions = new LinkedHashMap<>();
        questions.put("five rows", "SELECT * FROM masks LIMIT 5");
        questions.put("number of rows", "SELECT count(*) FROM masks");
        questions.put(
                "counts by run",
                "SELECT run_id, count(*), count(error), avg(mean_confidence) FROM masks GROUP BY run_id ORDER BY"
                        + " run_id");
        questions.put(
                "reasons by run", "SELECT run_id, code, count(*) FROM rejects GROUP BY run_id, code ORDER BY 1, 2");
        questions.put(
                "share of each class by day",
                "SELECT run_date, name, sum(pixels), avg(share) FROM classes GROUP BY run_date, name ORDER BY 1, 2");
        questions.put(
                "... of one day",
                "SELECT name, sum(pixels), avg(share) FROM classes WHERE run_date = '%s' GROUP BY name"
                        .formatted(lastDay));
        questions.put(
                "20 images least sure of",
                "SELECT image, mean_confidence FROM masks WHERE mean_confidence IS NOT NULL ORDER BY mean_confidence"
                        + " LIMIT 20");
        questions.put(
                "images with more than 30 % car",
                "SELECT image, share FROM classes WHERE name = 'car' AND share > 0.3");
        questions.put(
                "mean IU by run",
                "SELECT run_id, segmentation_metrics(confusion).mean_iou FROM masks GROUP BY run_id ORDER BY run_id");
        questions.put(
                "join with runs",
                "SELECT started, runs.images, count(*) FROM masks JOIN runs USING (run_id) GROUP BY started,"
                        + " runs.images");
        questions.put(
                "weakest class of each image, ranked",
                "SELECT image, run_id, mean_confidence, weakest FROM masks JOIN (SELECT image, model, run_id,"
                        + " min_by(name, mean_confidence) AS weakest FROM classes GROUP BY image, model, run_id)"
                        + " USING (image, model, run_id) ORDER BY mean_confidence LIMIT 100");
        questions.put(
                "... drift of confidence, two days",
                "SELECT run_date, mean_confidence FROM masks WHERE mean_confidence IS NOT NULL AND run_date >= '%s'"
                        .formatted(ManyMasks.day(LAST - 2)));
        questions.put(
                "box of the cars, one day",
                "SELECT avg(mask_bbox(mask, 4).width) FROM masks WHERE run_date = '%s'".formatted(lastDay));
        questions.put("box of the cars, all", "SELECT avg(mask_bbox(mask, 4).width) FROM masks");
        questions.put(
                "... with two more functions",
                "SELECT avg(mask_bbox(mask, 4).width), sum(mask_pixels(mask)[4]), count(mask_at(mask, 5, 5)) FROM"
                        + " masks");
        return questions;
    }

    private static void leaveOutAll(SparkSession spark) {
        MaskTable table = MaskTable.at(spark, MASKS.output());
        Dataset<Row> listed =
                spark.table(ResultViews.MASKS).filter(col(MasksSchema.RUN_ID).equalTo(ManyMasks.runId(LAST)));
        String model = listed.select(MasksSchema.MODEL).first().getString(0);
        assertThat(table.withoutDone(
                                listed.select(MasksSchema.IMAGE, MasksSchema.IMAGE_MODIFIED, MasksSchema.IMAGE_BYTES),
                                model,
                                Rejected.KEEP)
                        .count())
                .isZero();
    }

    @FunctionalInterface
    private interface Work {
        void run() throws SqlException, IOException;
    }

    /** Prints the middle one of some times, and all of them. */
    private static void time(String what, Work work) throws SqlException, IOException {
        double[] seconds = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            long start = System.nanoTime();
            work.run();
            seconds[round] = (System.nanoTime() - start) / 1e9;
        }
        String all = Arrays.toString(
                Arrays.stream(seconds).mapToObj("%.2f"::formatted).toArray());
        Arrays.sort(seconds);
        System.out.printf("%-42s %8.2f s  %s%n", what, seconds[ROUNDS / 2], all);
    }

    private static void fcn(String verb, String... options) {
        String[] arguments = new String[options.length + 3];
        arguments[0] = verb;
        arguments[1] = "--masks";
        arguments[2] = MASKS.output();
        System.arraycopy(options, 0, arguments, 3, options.length);
        StringWriter err = new StringWriter();
        assertThat(Fcn.run(new PrintWriter(Writer.nullWriter()), new PrintWriter(err), arguments))
                .as(err.toString())
                .isZero();
    }
}
