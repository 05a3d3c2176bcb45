package io.fcnspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.fcnspark.labels.Mask;
import io.fcnspark.labels.MaskPng;
import io.fcnspark.spark.tables.MaskTable;
import io.fcnspark.spark.tables.MasksSchema;
import io.fcnspark.spark.tables.ResultViews;
import io.fcnspark.spark.tables.RunRecord;
import io.fcnspark.spark.tables.RunTable;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.FileSourceScanExec;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.collection.JavaConverters;

/** The verb {@code sql} over two nights: an image rejected in the first and labelled in the second, one rejected for good. */
class SqlTest {
    @TempDir
    private static Path folder;

    private static SparkSession spark;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void masks() {
        spark = SparkSessions.open("sql test");
        MaskTable.under(spark, folder.toString())
                .append(spark.createDataFrame(
                        List.of(
                                row("a.jpg", 0.5f, "night-1", 1000),
                                row("b.jpg", null, "night-1", 2000),
                                row("c.jpg", null, "night-1", 3000),
                                row("b.jpg", 0.75f, "night-2", 90_000_000)),
                        MasksSchema.SCHEMA));
        RunTable runs = RunTable.under(spark, folder.toString());
        runs.append(run("night-1", 3, 1, 2));
        runs.append(run("night-2", 1, 1, 0));
    }

    private static RunRecord run(String id, long images, long labelled, long rejected) {
        return new RunRecord(
                id,
                LocalDate.EPOCH,
                Instant.EPOCH,
                Instant.EPOCH.plusSeconds(1),
                RunRecord.Status.DONE,
                Optional.empty(),
                Optional.of(new RunRecord.Counts(images, labelled, rejected, Map.of(), 0, 0, Map.of(), images)),
                new RunRecord.Computation("m@1", "onednn", "fp32", "cpu"),
                Optional.empty(),
                Map.of(),
                "local-1",
                Map.of());
    }

    @AfterAll
    static void close() {
        spark.close();
    }

    private static Row row(String image, Float confidence, String run, long millis) {
        boolean labelled = confidence != null;
        return RowFactory.create(
                image,
                new Timestamp(0),
                1L,
                labelled ? 1 : null,
                labelled ? 4 : null,
                labelled ? MaskPng.encode(new Mask(4, 1, new char[] {0, 0, 0, 1}), 2) : null,
                labelled
                        ? new Row[] {
                            RowFactory.create(0, "road", 3L, confidence), RowFactory.create(1, "sky", 1L, confidence)
                        }
                        : null,
                confidence,
                labelled ? 0.1f : null,
                null,
                labelled ? new Row[] {RowFactory.create(0, 0, 3L), RowFactory.create(1, 1, 1L)} : null,
                labelled ? null : RowFactory.create("truncated", "ends, \"early\""),
                "street@0123456789ab",
                "dl4j",
                "fp32",
                run,
                new Date(millis),
                new Timestamp(millis));
    }

    @BeforeEach
    void views() {
        // The command ends the session that it ran in.
        spark = SparkSessions.open("sql test");
        ResultViews.create(spark, folder.toString());
    }

    private String answer(ResultFormat format, String script) throws Exception {
        new SqlSession(spark, format, new PrintWriter(out)).run(new BufferedReader(new StringReader(script)));
        return out.toString();
    }

    @Test
    void viewsAreReadyAndTheLaterRowCounts() throws Exception {
        assertThat(answer(ResultFormat.CSV, """
            SELECT count(*), count(mask) FROM masks;
            SELECT image, code, message FROM rejects;
            SELECT run_id, images, labelled, rejected FROM runs ORDER BY run_id;
            SELECT name, sum(pixels) AS pixels, avg(share) AS share FROM classes GROUP BY name ORDER BY name
            """)).isEqualTo("""
                            count(1),count(mask)
                            3,2
                            image,code,message
                            c.jpg,truncated,"ends, ""early\"""
                            run_id,images,labelled,rejected
                            night-1,3,1,2
                            night-2,1,1,0
                            name,pixels,share
                            road,6,0.75
                            sky,2,0.25
                            """);
    }

    @Test
    void questionsReadTheColumnsAndTheDaysThatTheyAreAbout(@TempDir Path other) {
        String shares = "SELECT name, sum(share) FROM classes WHERE run_date = DATE'1970-01-02' GROUP BY name";
        assertThat(onlyScan(shares).requiredSchema().fieldNames())
                .contains("classes")
                .doesNotContain("mask", "confusion");
        assertThat(onlyScan(shares).partitionFilters().mkString()).contains("run_date");
        assertThat(onlyScan("SELECT code, count(*) FROM rejects GROUP BY code")
                        .requiredSchema()
                        .fieldNames())
                .doesNotContain("mask", "classes");

        // Where no image was tried again, nothing but what was asked for is read.
        MaskTable.under(spark, other.toString())
                .append(spark.createDataFrame(
                        List.of(row("a.jpg", 0.5f, "night-1", 1000), row("b.jpg", null, "night-1", 2000)),
                        MasksSchema.SCHEMA));
        ResultViews.create(spark, other.toString());
        assertThat(onlyScan(shares).requiredSchema().fieldNames()).containsExactly("height", "width", "classes");
        assertThat(onlyScan("SELECT count(*) FROM masks").requiredSchema().fieldNames())
                .isEmpty();
    }

    private static FileSourceScanExec onlyScan(String query) {
        List<FileSourceScanExec> scans =
                JavaConverters.seqAsJavaList(
                                spark.sql(query).queryExecution().sparkPlan().collectLeaves())
                        .stream()
                        .filter(FileSourceScanExec.class::isInstance)
                        .map(FileSourceScanExec.class::cast)
                        .toList();
        assertThat(scans).hasSize(1);
        return scans.get(0);
    }

    @Test
    void aLimitedResultComesFromAsManyPartitionsAsItNeeds() throws Exception {
        answer(
                ResultFormat.CSV,
                "CREATE OR REPLACE TEMP VIEW one AS SELECT id, assert_true(id < 100) AS t FROM range(0, 1000, 1, 10)");
        out.getBuffer().setLength(0);
        assertThat(answer(ResultFormat.CSV, "SELECT id FROM one WHERE t IS NULL LIMIT 2"))
                .isEqualTo("id\n0\n1\n");
    }

    @Test
    void rowsOfManyPartitionsComeInTheirOrder() throws Exception {
        String rows = answer(ResultFormat.JSON, "SELECT id FROM range(0, 20000, 1, 300) WHERE id % 7000 < 6500");
        assertThat(rows.lines())
                .hasSize(6500 + 6500 + 6000)
                .isSortedAccordingTo(Comparator.comparingInt(SqlTest::number))
                .last()
                .isEqualTo("{\"id\":19999}");
    }

    private static int number(String line) {
        return Integer.parseInt(line.replaceAll("\\D", ""));
    }

    @Test
    void functionsAreThereAndNestedValuesArePrintedInEachFormat() throws Exception {
        String query = """
            SELECT image, mask_pixels(mask) AS pixels, mask_bbox(mask, 1) AS box, mask AS bytes, NULL AS nothing, '' AS empty
            FROM masks WHERE image IN ('a.jpg', 'c.jpg') ORDER BY image;
            """;
        assertThat(answer(ResultFormat.JSON, query))
                .contains("{\"image\":\"a.jpg\",\"pixels\":{\"0\":3,\"1\":1},\"box\":{\"x\":3,", "\"bytes\":\"iVBOR")
                .endsWith(
                        "{\"image\":\"c.jpg\",\"pixels\":null,\"box\":null,\"bytes\":null,\"nothing\":null,\"empty\":\"\"}\n");
        out.getBuffer().setLength(0);
        assertThat(answer(ResultFormat.CSV, query))
                .contains("a.jpg,\"{\"\"0\"\":3,\"\"1\"\":1}\",", "iVBOR", "c.jpg,,,,,\"\"");
        out.getBuffer().setLength(0);
        assertThat(answer(ResultFormat.TABLE, query))
                .startsWith(" image | pixels           | box          | bytes    | nothing | empty\n-------+-")
                .contains(" a.jpg | {0 -> 3, 1 -> 1} | {3, 0, 1, 1} | ", " bytes | NULL ", "(2 rows, ");
    }

    @Test
    void numbersStandToTheRightAndLongTextIsCut() throws Exception {
        String[] lines = answer(ResultFormat.TABLE, "SELECT 7 AS pixels, repeat('x', 100) AS text, 'a\nb' AS two")
                .lines()
                .toArray(String[]::new);
        assertThat(lines[2]).isEqualTo("      7 | " + "x".repeat(79) + "… | a b");
        assertThat(lines[1]).hasSize(" pixels ".length() + 1 + 82 + 1 + 5);
    }

    @Test
    void columnsOfTheSameNameAndWithDotsArePrinted() throws Exception {
        assertThat(answer(ResultFormat.CSV, "SELECT 1 AS a, 2 AS a, 3 AS `b.c`"))
                .isEqualTo("a,a,b.c\n1,2,3\n");
    }

    @Test
    void statementsOfOneScriptSeeEachOthersViews() throws Exception {
        assertThat(answer(ResultFormat.CSV, "CREATE OR REPLACE TEMP VIEW x AS SELECT 1 AS one;\nSELECT\n one\nFROM x;"))
                .isEqualTo("one\n1\n");
    }

    @Test
    void aPromptReadsStatementsOverLinesAndGoesOnAfterAnError() throws Exception {
        String typed = """
            SELECT count(*) AS many
            FROM masks;
            SELECT imag FROM masks;
            \\d runs
            \\df
            \\?
            SELECT 'still ' || 'here' AS alive;
            \\q
            SELECT 'never' || ' seen';
            """;
        ByteArrayOutputStream screen = new ByteArrayOutputStream();
        try (Terminal terminal = TerminalBuilder.builder()
                .system(false)
                .type("dumb")
                .encoding(StandardCharsets.UTF_8)
                .streams(new ByteArrayInputStream(typed.getBytes(StandardCharsets.UTF_8)), screen)
                .build()) {
            new SqlPrompt(
                            new SqlSession(spark, ResultFormat.TABLE, new PrintWriter(out)),
                            terminal,
                            folder.resolve("history"))
                    .run();
        }
        assertThat(out.toString())
                .contains(
                        "Views: masks, rejects, runs, classes",
                        "    3\n(1 row,",
                        "`imag`",
                        "rejects_by_code",
                        "mask_bbox(mask, class) - ",
                        "segmentation_metrics(confusion) - ",
                        "Ctrl-C",
                        "still here")
                .doesNotContain("never seen");
        assertThat(folder.resolve("history")).content().contains("SELECT count(*) AS many");
    }

    @Test
    void errorsAreALineWithoutPlansAndEndInThree() {
        assertThat(run("-e", "SELECT imag FROM masks")).isEqualTo(3);
        assertThat(err.toString()).contains("`imag`", "line 1 pos 7").doesNotContain("Project", "\tat ");
        assertThat(err.toString().lines()).hasSize(1);
        err.getBuffer().setLength(0);
        assertThat(run("-e", "SELECT * FORM masks")).isEqualTo(3);
        assertThat(err.toString()).contains("'masks'").doesNotContain("== SQL");
        assertThat(err.toString().lines()).hasSize(1);
        err.getBuffer().setLength(0);
        assertThat(run("-e", "SELECT mask_at(mask, -1, 0) FROM masks")).isEqualTo(3);
        assertThat(err.toString()).startsWith("fcn sql: mask_at: argument 'x': -1: expected");
        assertThat(err.toString().lines()).hasSize(1);
        err.getBuffer().setLength(0);
        assertThat(run("-e", "SELECT CAST(image AS INT) / 0 FROM masks", "--format", "csv"))
                .isZero();
    }

    @Test
    void whatIsNoOutputAndWrongOptionsAreTold() throws Exception {
        assertThat(Fcn.run(
                        new PrintWriter(out),
                        new PrintWriter(err),
                        "sql",
                        "--masks",
                        Files.createDirectory(folder.resolve("empty")).toString(),
                        "-e",
                        "SELECT 1"))
                .isEqualTo(3);
        assertThat(err.toString()).contains("empty", "expected the output of a labelling run");
        assertThat(run("-e", "SELECT 1", "--format", "xml")).isEqualTo(2);
        assertThat(err.toString()).contains("unknown format 'xml': expected one of table, csv, json");
        assertThat(run("-e", " ; ")).isEqualTo(2);
    }

    private int run(String... options) {
        String[] arguments = new String[options.length + 3];
        arguments[0] = "sql";
        arguments[1] = "--output";
        arguments[2] = folder.toString();
        System.arraycopy(options, 0, arguments, 3, options.length);
        return Fcn.run(new PrintWriter(out), new PrintWriter(err), arguments);
    }
}
