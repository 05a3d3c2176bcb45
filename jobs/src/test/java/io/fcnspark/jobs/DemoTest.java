package io.fcnspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fcnspark.weights.ModelBundle;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verb {@code demo}, with the model that comes along. */
class DemoTest {
    @TempDir
    private Path folder;

    @Test
    void showsTheWholeWay() throws IOException {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Path json = folder.resolve("demo.json");
        int code = Fcn.run(
                new PrintWriter(out),
                new PrintWriter(err),
                "demo",
                "--count",
                "5",
                "--dir",
                folder.resolve("demo").toString(),
                "--json",
                json.toString());
        assertThat(code).as(err.toString()).isZero();

        assertThat(out.toString()).contains("pavement", "mean IU", "sheet.png", "report.html");
        assertThat(folder.resolve("demo/report.html")).content().contains("Segmentation report", "pavement");
        JsonNode run = new ObjectMapper().readTree(json.toFile());
        assertThat(run.get("labelled").asInt()).isEqualTo(5);
        assertThat(run.get("metrics").get("pixel_accuracy").asDouble()).isGreaterThan(0.9);
        assertThat(ModelBundle.load(folder.resolve("demo/model")).description().name())
                .isEqualTo("scenes");
        BufferedImage sheet = ImageIO.read(folder.resolve("demo/sheet.png").toFile());
        assertThat(sheet.getWidth()).isEqualTo(1524);
        assertThat(sheet.getHeight()).isGreaterThan(4 * 200);
    }
}
