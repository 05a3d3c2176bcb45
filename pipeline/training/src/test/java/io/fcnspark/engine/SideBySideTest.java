package io.fcnspark.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.fcnspark.engine.TinyModels.Upsampling;
import io.fcnspark.image.RgbImage;
import io.fcnspark.network.Geometry;
import io.fcnspark.network.Variant;
import io.fcnspark.weights.Model;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SideBySideTest {
    @TempDir
    private Path folder;

    /** ND4J carries an older oneDNN with the same symbols, and an OpenMP of its own. */
    @ParameterizedTest
    @ValueSource(strings = {"onednn,dl4j,onnxruntime", "dl4j,onnxruntime,onednn"})
    void enginesLiveInOneProcessInAnyOrder(String order) throws Exception {
        Path log = folder.resolve("log");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-XX:-CreateCoredumpOnCrash",
                        "-XX:ErrorFile=" + folder.resolve("crash"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        SideBySide.class.getName(),
                        order)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertThat(process.waitFor(240, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(Files.readString(log)).isZero();
            assertThat(Files.readString(log)).contains("all agree");
        } finally {
            process.destroyForcibly();
        }
    }

    /** Loads engines in an order, runs them in turns, and compares. */
    static final class SideBySide {
        public static void main(String[] args) {
            Model model = TinyModels.model(Variant.FCN_8S, Geometry.SAME, Upsampling.BILINEAR);
            List<Segmenter> segmenters = List.of(args[0].split(",")).stream()
                    .map(name -> Segmenter.load(model, Engines.installed().named(name), Device.CPU, Precision.FP32, 2))
                    .toList();
            RgbImage image = TinyModels.image(61, 47, 1);
            for (int turn = 0; turn < 3; turn++) {
                List<char[]> labels = segmenters.stream()
                        .map(segmenter ->
                                segmenter.segment(List.of(image)).get(0).mask().labels())
                        .toList();
                for (char[] other : labels) {
                    int different = 0;
                    for (int i = 0; i < other.length; i++) {
                        different += other[i] == labels.get(0)[i] ? 0 : 1;
                    }
                    if (different > other.length / 1000) {
                        throw new AssertionError(different + " labels differ");
                    }
                }
            }
            segmenters.forEach(Segmenter::close);
            System.out.println("all agree");
        }
    }
}
