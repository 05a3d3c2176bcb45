package io.fcnspark.spark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fcnspark.errors.BadInputException;
import io.fcnspark.errors.OutputException;
import io.fcnspark.labelling.Fixtures;
import io.fcnspark.labels.LabelConvention;
import io.fcnspark.labels.LabelConventions;
import io.fcnspark.metrics.Score;
import io.fcnspark.spark.FcnActions;
import io.fcnspark.spark.SharedSpark;
import io.fcnspark.spark.evaluate.EvaluationResult;
import io.fcnspark.spark.label.LabelImages;
import io.fcnspark.weights.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.SparkSession;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reports of a table of two nights: six images with truth, then two without, one of them no image. */
class ReportMasksTest {
    private static final LabelConvention PLAIN = LabelConvention.plain(Fixtures.CLASSES);
    private static final SparkSession SPARK = SharedSpark.session();

    @TempDir
    private static Path shared;

    @TempDir
    private Path folder;

    private static Path truth;

    @BeforeAll
    static void label() {
        truth = shared.resolve("truth");
        for (int i = 0; i < 6; i++) {
            Fixtures.picture(shared.resolve("first/image%d.png".formatted(i)), 40 + i, 33, i);
            Fixtures.truth(truth.resolve("image%d.png".formatted(i)), 40 + i, 33, i);
        }
        Fixtures.picture(shared.resolve("second/image6.png"), 48, 36, 6);
        Fixtures.truth(truth.resolve("image6.png"), 48, 36, 6);
        Fixtures.write(shared.resolve("second/no-image.png"), new byte[] {1, 2, 3});
        Fixtures.model(shared.resolve("model"), 1);
        label("first", "night-1").truth(truth.toString(), PLAIN).execute();
        label("second", "night-2").execute();
    }

    private static LabelImages label(String images, String run) {
        return FcnActions.on(SPARK)
                .labelImages()
                .inputs(List.of(shared.resolve(images).toString()))
                .model(shared.resolve("model").toString())
                .output(shared.resolve("labelled").toString())
                .runId(run);
    }

    private ReportMasks report() {
        return FcnActions.on(SPARK)
                .reportMasks()
                .masks(shared.resolve("labelled").toString())
                .images(3)
                .output(folder.resolve("pages/report.html").toString());
    }

    private Document page() throws IOException {
        return Jsoup.parse(Files.readString(folder.resolve("pages/report.html")));
    }

    @Test
    void scoresComeFromTheTableAndThoseThatItLacksFromTheTruth() throws IOException {
        ReportResult written = report().truth(truth.toString(), PLAIN).execute();
        assertThat(written.rows()).isEqualTo(8);
        assertThat(written.runs()).isEqualTo(2);
        assertThat(written.bytes()).isEqualTo(Files.size(folder.resolve("pages/report.html")));

        EvaluationResult evaluation = FcnActions.on(SPARK)
                .evaluateMasks()
                .masks(shared.resolve("labelled").toString())
                .truth(truth.toString(), PLAIN)
                .execute();
        assertThat(evaluation.metrics().images()).isEqualTo(7);
        var interval = evaluation.evaluation().intervals().of(Score.MEAN_IOU).orElseThrow();
        assertThat(page().select(".tile").first().text())
                .isEqualTo(String.format(
                        Locale.ROOT,
                        "Mean IU %.1f %% %.1f to %.1f %%",
                        100 * evaluation.metrics().meanIou().orElseThrow(),
                        100 * interval.low(),
                        100 * interval.high()));
        assertThat(page().select("#run-table tbody tr").eachText())
                .hasSize(2)
                .satisfies(rows -> assertThat(rows.get(0)).startsWith("night-2").contains(" 1 1 "))
                .satisfies(rows -> assertThat(rows.get(1)).startsWith("night-1").contains(" 6 0 "));
        assertThat(page().select("#rejects tbody th").eachText()).containsExactly("not-an-image");
    }

    @Test
    void galleriesShowTheWorstTheMostUncertainAndRandomImages() throws IOException {
        report().truth(truth.toString(), PLAIN).execute();
        Document page = page();
        for (String gallery : List.of("worst", "uncertain", "random")) {
            assertThat(page.select(".card").eachAttr("data-" + gallery).stream()
                            .filter(rank -> !rank.isEmpty())
                            .sorted())
                    .as(gallery)
                    .containsExactly("0", "1", "2");
        }
        String lowest = SPARK.read()
                .parquet(shared.resolve("labelled/masks").toString())
                .orderBy("mean_confidence")
                .filter("height is not null")
                .first()
                .getAs("image");
        assertThat(page.select(".card[data-uncertain=0] .origin dd").first().text())
                .isEqualTo(lowest);
        assertThat(page.select(".card figure[data-layer=truth] img")).hasSameSizeAs(page.select(".card"));
        double worst = percent(page, ".card[data-worst=0] .facts b");
        double second = percent(page, ".card[data-worst=1] .facts b");
        assertThat(worst).isLessThanOrEqualTo(second);
    }

    private static double percent(Document page, String first) {
        return Double.parseDouble(page.select(first).first().text().replace(" %", ""));
    }

    @Test
    void withoutTheTruthItselfThereAreItsScoresButNoPictureOfIt() throws IOException {
        report().execute();
        Document page = page();
        assertThat(page.select(".tile").first().text()).startsWith("Mean IU");
        assertThat(page.select(".tile").text()).contains("6 of them with truth");
        assertThat(page.select(".card[data-worst=0] [data-layer=truth]").text()).contains("not at hand");
        assertThat(page.select("[data-layer=errors]")).isEmpty();
        assertThat(page.select("#class-table tbody th").text()).contains("class");
    }

    @Test
    void rowsWithoutAnyTruthHaveConfidenceAlone() throws IOException {
        report().where("run_id = 'night-2'").execute();
        Document page = page();
        assertThat(page.select(".tile dt").eachText())
                .containsExactly("Images labelled", "Images rejected", "Mean confidence");
        assertThat(page.select("#confusion")).isEmpty();
        assertThat(page.select(".card")).hasSize(1);
        assertThat(page.select(".source").text()).contains("where run_id = 'night-2'");
    }

    @Test
    void rejectsAloneAreAReport() throws IOException {
        ReportResult written = report().where("error is not null").execute();
        assertThat(written.pictures()).isZero();
        assertThat(page().select("#rejects tbody").text()).contains("not-an-image", "no-image.png");
    }

    @Test
    void anImageThatIsGoneOrHasChangedKeepsItsMask() throws IOException {
        Path images = folder.resolve("images");
        Fixtures.picture(images.resolve("gone.png"), 40, 33, 1);
        Fixtures.picture(images.resolve("changed.png"), 40, 33, 2);
        FcnActions.on(SPARK)
                .labelImages()
                .inputs(List.of(images.toString()))
                .model(shared.resolve("model").toString())
                .output(folder.resolve("labelled").toString())
                .execute();
        Files.delete(images.resolve("gone.png"));
        Fixtures.picture(images.resolve("changed.png"), 41, 33, 2);
        FcnActions.on(SPARK)
                .reportMasks()
                .masks(folder.resolve("labelled").toString())
                .output(folder.resolve("pages/report.html").toString())
                .execute();
        Document page = page();
        assertThat(page.select(".card .note").eachText())
                .anyMatch(text -> text.contains("not there any more") && text.contains("gone.png"))
                .anyMatch(text -> text.contains("41 × 33") && text.contains("40 × 33"));
        assertThat(page.select(".card [data-layer=mask] img")).hasSize(2);
    }

    @Test
    void theFileIsForEverybodyToRead() throws IOException {
        report().execute();
        assertThat(Files.getPosixFilePermissions(folder.resolve("pages/report.html")))
                .contains(PosixFilePermission.GROUP_READ);
        try (var files = Files.list(folder.resolve("pages"))) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void aNameWithoutAFolderIsAFileHere() throws IOException {
        Path file = Path.of("report-%d.html".formatted(System.nanoTime()));
        try {
            report().output(file.toString()).execute();
            assertThat(file).content().contains("Segmentation report");
            report().output("./" + file).execute();
        } finally {
            Files.deleteIfExists(file);
        }
    }

    /** Masks that are not there would be an error of their own. */
    @Test
    void anOutputThatCannotBeWrittenIsRefusedBeforeAnyWork() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "x");
        for (String wrong : List.of(folder.toString(), folder + "/new/", file + "/report.html")) {
            assertThatThrownBy(() -> report().masks(folder.resolve("none").toString())
                            .output(wrong)
                            .execute())
                    .isInstanceOf(OutputException.class)
                    .hasMessageContaining("report " + wrong)
                    .hasMessageMatching("(?s).*(is a folder|is a file|Not a directory).*");
        }
    }

    @Test
    void whatCannotBeUsedIsSaid() {
        assertThatThrownBy(() -> report().masks(truth.toString()).execute())
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("no table of masks");
        assertThatThrownBy(() -> report().where("run_id = 'none'").execute())
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("run_id = 'none'");
        assertThatThrownBy(() -> report().truth(shared.resolve("model").toString(), PLAIN)
                        .execute())
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("no image has truth");
        assertThatThrownBy(
                        () -> report().classes(LabelConventions.of("kitti-road").classes())
                                .execute())
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("kitti-road");
        assertThatThrownBy(() -> report().classesOf(truth.toString()).execute())
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("model.json");
    }

    @Test
    void namesAndColoursCanBeThoseOfTheModel() throws IOException {
        report().classesOf(shared.resolve("model").toString()).execute();
        assertThat(page().select("#class-table tbody th i").last().attr("style"))
                .contains("#444444");
    }
}
