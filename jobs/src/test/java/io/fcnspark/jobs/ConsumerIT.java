package io.fcnspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.fcnspark.image.ImageException;
import io.fcnspark.labels.MaskPng;
import io.fcnspark.scenes.BundledModel;
import io.fcnspark.scenes.SceneFolder;
import io.fcnspark.scenes.SceneGenerator;
import io.fcnspark.scenes.SceneSizes;
import io.fcnspark.weights.ModelBundle;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs the programs of pipeline/docs/api.md, which the build has compiled in a project outside of it, against the published POMs. */
@Timeout(300)
class ConsumerIT {
    private static final Path PROJECT = Path.of("target/it/consumer").toAbsolutePath();
    private static final int SCENES = 4;

    @TempDir
    static Path folder;

    @BeforeAll
    static void scenes() throws IOException {
        SceneFolder.write(new SceneGenerator(3, SceneSizes.of(64, 96)), SCENES, folder.resolve("scenes"));
        BundledModel.write(folder.resolve("model"));
    }

    @Test
    void oneImageIsSegmentedWithoutSpark() throws Exception {
        assertThat(classPath("plain")).noneMatch(jar -> jar.matches("(spark|scala|hadoop)-.*"));
        Path mask = folder.resolve("mask.png");
        String out = run("plain", "SegmentOneImage", model(), scene(0), mask.toString());
        assertThat(out).containsPattern("road: [1-9][0-9]* pixels");
        requireMask(mask, 96, 64);
    }

    @Test
    void aFolderIsLabelledAndItsMasksAreMeasured() throws Exception {
        String labelled = folder.resolve("labelled").toString();
        assertThat(run("spark", "LabelFolder", images(), model(), labelled))
                .contains(SCENES + " labelled, 0 rejected, in " + labelled + "/masks");
        String truth = folder.resolve("scenes").toString();
        assertThat(run("spark", "ComputeMetrics", labelled, truth, truth + "/labels.json"))
                .containsPattern("mean IU 0\\.[0-9]{3} over " + SCENES + " images")
                .contains("road: ");
    }

    @Test
    void whatIsWrongIsToldByWhoseItIs() throws Exception {
        Process process = start(
                "spark", "LabelFolder", images(), folder.resolve("no-model").toString(), folder + "/none");
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(out).isEqualTo(3);
        assertThat(out).contains("MODEL: ").contains("no-model");
    }

    @Test
    void theProgramInScalaDoesTheSame() throws Exception {
        Path module = PROJECT.resolve("spark");
        Process compiler = java(List.of(
                "-classpath",
                Files.readString(module.resolve("target/class-path")),
                "scala.tools.nsc.Main",
                "-usejavacp",
                "-d",
                module.resolve("target/classes").toString(),
                module.resolve("src/main/scala/example/LabelFolder.scala").toString()));
        String messages = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(compiler.waitFor()).as(messages).isZero();
        assertThat(run("spark", "LabelFolderInScala", images(), model(), folder + "/from-scala"))
                .contains(SCENES + " labelled, 0 rejected");
    }

    @Test
    void aModelIsTrained() throws Exception {
        String scenes = folder.resolve("scenes").toString();
        String trained = folder.resolve("trained").toString();
        assertThat(run("training", "TrainModel", scenes, scenes, trained)).contains("mean IU");
        assertThat(ModelBundle.load(Path.of(trained)).description().name()).isEqualTo("street");
    }

    private static void requireMask(Path png, int width, int height) throws IOException, ImageException {
        assertThat(MaskPng.decode(Files.readAllBytes(png)))
                .satisfies(
                        mask -> assertThat(List.of(mask.width(), mask.height())).isEqualTo(List.of(width, height)));
    }

    private static String model() {
        return folder.resolve("model").toString();
    }

    private static String images() {
        return folder.resolve("scenes/images").toString();
    }

    private static String scene(int number) {
        return folder.resolve("scenes/images/scene_%06d.jpg".formatted(number)).toString();
    }

    /** The names of the jars that a module needs. */
    private static Stream<String> classPath(String module) throws IOException {
        return Stream.of(Files.readString(PROJECT.resolve(module + "/target/class-path"))
                        .split(File.pathSeparator))
                .map(jar -> Path.of(jar).getFileName().toString());
    }

    private static String run(String module, String program, String... args) throws Exception {
        Process process = start(module, program, args);
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(out).isZero();
        return out;
    }

    private static Process start(String module, String program, String... args) throws IOException {
        Path target = PROJECT.resolve(module + "/target");
        List<String> command = new ArrayList<>(
                List.of(System.getProperty("fcn.jvm.opens").strip().split("\\s+")));
        command.addAll(List.of(
                "-Xmx1g",
                "-Dspark.master=local[2]",
                "-Dspark.ui.enabled=false",
                "-Dspark.driver.bindAddress=127.0.0.1",
                "-classpath",
                target.resolve("classes") + File.pathSeparator + Files.readString(target.resolve("class-path")),
                "example." + program));
        command.addAll(List.of(args));
        return java(command);
    }

    private static Process java(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
        command.addAll(arguments);
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }
}
