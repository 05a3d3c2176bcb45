package io.fcnspark.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page in a real browser: scripts run under its security policy, charts are drawn, nothing complains. */
class HtmlReportBrowserTest {
    @TempDir
    private Path folder;

    private Document open(ReportData data, String... options) throws IOException, InterruptedException {
        Chromium chromium = Chromium.orSkip(folder);
        Path file = folder.resolve("report.html");
        Files.writeString(file, HtmlReport.write(data));
        Chromium.Opened opened = chromium.open(file.toUri().toString(), options);
        assertThat(opened.console()).as("what the browser complains about").isEmpty();
        return Jsoup.parse(opened.html());
    }

    @Test
    void drawsChartsAndComposesPictures() throws Exception {
        Document page = open(SampleReports.withTruth(8, 3), "--window-size=1280,6000");

        for (String chart : new String[] {"chart-scores", "chart-shares", "chart-confusion", "chart-runs"}) {
            assertThat(page.select("#" + chart + " svg path")).as(chart).isNotEmpty();
            assertThat(page.getElementById(chart).attr("tabindex")).isEqualTo("0");
            assertThat(page.getElementById(chart).attr("aria-label")).contains("Arrow keys");
        }
        assertThat(page.select("#chart-scores svg text").eachText()).contains("pavement");

        // The worst come first: in the sample that is the last one.
        assertThat(page.getElementById("shown").text()).startsWith("8 of 8 images");
        assertThat(page.select("#cards > .card").first().id()).isEqualTo("image-7");
        Element card = page.getElementById("image-7");
        assertThat(card.select("figure").eachAttr("data-layer"))
                .containsExactly("image", "truth", "mask", "overlay", "errors");
        assertThat(card.select("figure button.picture")).hasSize(5).allMatch(b -> b.attr("aria-label")
                .contains("compare"));
        assertThat(card.select("[data-layer=overlay] img")).hasSize(2);
        // Of an image that is gone there is no overlay.
        assertThat(page.getElementById("image-6").select("[data-layer=overlay]"))
                .isEmpty();
    }

    @Test
    void hostileNamesDoNothing() throws Exception {
        Document page = open(SampleReports.hostile(), "--window-size=500,9000");
        assertThat(page.title()).isEqualTo("Masks in " + SampleReports.HOSTILE);
        assertThat(page.select("img[src=x]")).isEmpty();
        assertThat(page.select("#chart-scores svg path")).isNotEmpty();
    }

    @Test
    void pagesWithoutTruthAndWithoutImagesWorkAsWell() throws Exception {
        Document page = open(SampleReports.withoutTruth(SampleReports.withTruth(2, 1)), "--window-size=1280,6000");
        assertThat(page.select("#chart-shares svg path, #chart-runs svg path")).isNotEmpty();
        assertThat(page.select("#image-0 figure").eachAttr("data-layer")).containsExactly("image", "mask", "overlay");
        assertThat(open(SampleReports.onlyRejects()).select("#chart-runs svg path"))
                .isNotEmpty();
    }
}
