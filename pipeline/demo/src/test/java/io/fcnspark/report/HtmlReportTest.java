package io.fcnspark.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The page as HTML, without a browser. */
class HtmlReportTest {
    private static Document page(ReportData data) {
        return Jsoup.parse(HtmlReport.write(data));
    }

    static List<ReportData> samples() {
        ReportData withTruth = SampleReports.withTruth(4, 3);
        return List.of(
                withTruth, SampleReports.withoutTruth(withTruth), SampleReports.onlyRejects(), SampleReports.hostile());
    }

    @Test
    void everyNumberIsInATable() {
        ReportData data = SampleReports.withTruth(4, 3);
        Document page = page(data);
        assertThat(page.select(".tile dt").eachText())
                .containsExactly(
                        "Mean IU",
                        "Pixel accuracy",
                        "Mean accuracy",
                        "Frequency weighted IU",
                        "Images labelled",
                        "Images rejected",
                        "Mean confidence");
        assertThat(page.select("#class-table tbody tr")).hasSize(9);
        assertThat(page.select("#class-table tbody tr").first().select("td, th").eachText())
                .startsWith("road")
                .hasSize(9);
        assertThat(page.select("#confusion-table tbody tr")).hasSize(9);
        assertThat(page.select("#confusion-table tbody tr td").eachText())
                .anyMatch(text -> text.matches("\\d+\\.\\d %"));
        assertThat(page.select("#run-table tbody th").eachText()).containsExactly("night-2", "night-1", "night-0");
        assertThat(page.select("#rejects tbody td").eachText()).contains("the JPEG ends before its last row");
        assertThat(page.select(".card")).hasSize(4);
    }

    @Test
    void chartsGetTheNumbersOfTheTables() throws IOException {
        ReportData data = SampleReports.withTruth(4, 3);
        JsonNode charts =
                new ObjectMapper().readTree(page(data).getElementById("data").data());
        assertThat(charts.get("classes")).hasSize(9);
        double correct = data.evaluation().orElseThrow().metrics().confusion().at(0, 0);
        double truth = data.evaluation().orElseThrow().metrics().confusion().truthPixels(0);
        assertThat(charts.at("/classes/0/accuracy").doubleValue()).isEqualTo(correct / truth);
        assertThat(charts.at("/confusion/0/2").doubleValue()).isEqualTo(correct / truth);
        assertThat(charts.at("/classes/0/iou_interval/0").doubleValue())
                .isLessThanOrEqualTo(charts.at("/classes/0/iou").doubleValue());
        assertThat(charts.at("/runs/2/id").textValue()).isEqualTo("night-2");
    }

    @Test
    void withoutTruthNothingSaysHowManyPixelsAreRight() {
        Document page = page(SampleReports.withoutTruth(SampleReports.withTruth(4, 3)));
        assertThat(page.select("main").text())
                .doesNotContain("IU", "accuracy", "Truth")
                .contains("have no truth");
        assertThat(page.select("#confusion, #chart-scores, [data-layer=truth], [data-layer=errors]"))
                .isEmpty();
        assertThat(page.select("[data-layer=mask] img")).hasSize(4);
    }

    @Test
    void aTableOfRejectsAloneIsAReportToo() {
        Document page = page(SampleReports.onlyRejects());
        assertThat(page.select("#images, #classes, #confusion")).isEmpty();
        assertThat(page.select("#rejects tbody tr").text()).contains("not-an-image", "3", "readme.txt");
        assertThat(page.select(".tile").text()).contains("Images rejected 3 100.0 % of 3");
    }

    @Test
    void whatCannotBeShownSaysWhy() {
        Document page = page(SampleReports.withTruth(8, 1));
        Element card = page.getElementById("image-6");
        assertThat(card.select(".note").text()).contains("not there any more");
        assertThat(card.select("[data-layer=image] img")).isEmpty();
        assertThat(card.select("[data-layer=image]").text()).contains("cannot be shown");
        assertThat(card.select("[data-layer=mask] img")).hasSize(1);
    }

    @Test
    void hostileNamesAreTextAndNothingElse() {
        String html = HtmlReport.write(SampleReports.hostile());
        Document page = Jsoup.parse(html);
        assertThat(page.select("script")).hasSize(3);
        assertThat(page.select("[onerror], [src=x]")).isEmpty();
        assertThat(page.select("img").eachAttr("src")).allMatch(src -> src.startsWith("data:image/"));
        assertThat(page.select(".source").first().text()).isEqualTo(SampleReports.HOSTILE);
        assertThat(page.select("#class-table tbody th").first().text()).isEqualTo("road" + SampleReports.HOSTILE);
        assertThat(page.select("#class-filter option").get(1).text()).isEqualTo("road" + SampleReports.HOSTILE);
        assertThat(page.select("#rejects tbody").text()).contains(SampleReports.HOSTILE);
        assertThat(page.getElementById("data").data()).doesNotContain("<").contains("\\u003c/script>");
        assertThat(html).doesNotContain("<img src=x");
    }

    @ParameterizedTest
    @MethodSource("samples")
    void nothingComesFromElsewhere(ReportData data) {
        Document page = page(data);
        assertThat(page.select("link, iframe, object, embed, base, script[src], form[action]"))
                .isEmpty();
        assertThat(page.select("style").first().data()).doesNotContain("url(", "@import");
        assertThat(page.select("meta[http-equiv=Content-Security-Policy]").attr("content"))
                .startsWith("default-src 'none'; img-src data:;")
                .doesNotContain("script-src 'unsafe-inline'");
        assertThat(page.select("footer").text()).contains("ECharts", "Apache License 2.0");
    }

    @ParameterizedTest
    @MethodSource("samples")
    void structureIsWhatAScreenReaderNeeds(ReportData data) {
        Document page = page(data);
        assertThat(page.select("html").attr("lang")).isEqualTo("en");
        assertThat(page.select("h1")).hasSize(1);
        assertThat(page.select("main, header.top, nav[aria-label], footer")).hasSize(4);
        assertThat(page.select("[id]").eachAttr("id")).doesNotHaveDuplicates();
        assertThat(page.select("img")).allMatch(img -> !img.attr("alt").isBlank());
        assertThat(page.select("th")).allMatch(th -> th.hasAttr("scope"));
        assertThat(page.select("input, select")).allMatch(field -> field.closest("label") != null);
        assertThat(page.select("section")).allMatch(section -> section.hasAttr("aria-labelledby"));
        assertThat(page.select("[aria-labelledby]").eachAttr("aria-labelledby"))
                .allMatch(id -> page.getElementById(id) != null);
        assertThat(page.select(".chart").eachAttr("data-table")).allMatch(id -> page.getElementById(id) != null);
        assertThat(page.select("nav a, .skip").eachAttr("href"))
                .allMatch(href -> page.select(href).size() == 1);
    }

    @Test
    void aThousandImagesStayUnderThirtyMegabytes() {
        int bytes = HtmlReport.write(SampleReports.withTruth(1000, 2)).getBytes(StandardCharsets.UTF_8).length;
        assertThat(bytes).isBetween(5_000_000, 30_000_000);
    }
}
