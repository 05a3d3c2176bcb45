package io.fcnspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The application jar and the training jar as a user gets them. */
class ApplicationJarIT {
    private static final Path JAR = Path.of("target/fcn-spark.jar").toAbsolutePath();
    private static final Path TRAINING_JAR = JAR.resolveSibling("fcn-spark-training.jar");

    /** What a deployment that only labels has to carry, at most. */
    private static final long MOST_BYTES = 90_000_000;

    @TempDir
    Path temporary;

    @Test
    void leavesOutWhatAClusterBrings() throws IOException {
        assertThat(allEntries())
                .noneMatch(name -> name.matches(
                        "(org/apache/(spark|hadoop|commons/(lang3|io|compress|codec|math3))|scala|org/slf4j|org/apache/logging"
                                + "|com/fasterxml/jackson|com/amazonaws)/.*"));
    }

    @Test
    void hidesItsProtobufFromSparks() throws IOException {
        assertThat(entries(JAR))
                .contains("io/fcnspark/shaded/protobuf/CodedInputStream.class")
                .noneMatch(name -> name.startsWith("com/google/protobuf/"));
    }

    @Test
    void holdsNoEntryTwice() throws IOException {
        assertThat(entries(JAR)).doesNotHaveDuplicates();
        assertThat(entries(TRAINING_JAR)).doesNotHaveDuplicates();
    }

    @Test
    void carriesTheNativesOfOnePlatform() throws IOException {
        assertThat(folders(JAR, "ai/onnxruntime/native/([^/]+)/.+")).hasSize(1);
        assertThat(folders(TRAINING_JAR, "org/nd4j/linalg/cpu/nativecpu/bindings/([^/]+)/.+"))
                .hasSize(1);
        assertThat(folders(TRAINING_JAR, "org/bytedeco/openblas/((?:linux|macosx|windows|android|ios)-[^/]+)/.+"))
                .hasSize(1);
        assertThat(folders(JAR, "org/bytedeco/(?:dnnl|opencl)/((?:linux|macosx|windows)-[^/]+)/.+"))
                .as("natives of oneDNN, which exist for this platform alone")
                .isEqualTo(Loader.getPlatform().equals("linux-x86_64") ? Set.of("linux-x86_64") : Set.of());
        assertThat(allEntries())
                .noneMatch(name -> name.endsWith(".cmake") || name.endsWith(".hpp"))
                .noneMatch(name -> name.endsWith(".pdb") || name.contains(".dSYM/"));
    }

    @Test
    void isSmallAndHoldsNoDeepLearning4j() throws IOException {
        assertThat(Files.size(JAR)).isLessThan(MOST_BYTES);
        assertThat(entries(JAR))
                .noneMatch(name -> name.matches(
                        "(org/(nd4j|deeplearning4j|datavec|bytedeco/openblas)|io/fcnspark/(training|engine/dl4j))/.*"));
        assertThat(entries(TRAINING_JAR)).contains("io/fcnspark/training/Trainer.class");
    }

    /** Else which of two a JVM takes would depend on the order of its class path. */
    @Test
    void theTwoJarsShareNoClass() throws IOException {
        Set<String> shared = classes(JAR);
        shared.retainAll(classes(TRAINING_JAR));
        assertThat(shared).isEmpty();
    }

    @Test
    void knowTheirEngines() throws IOException {
        assertThat(engines(JAR)).contains("onednn", "onnxruntime").doesNotContain("dl4j");
        assertThat(engines(TRAINING_JAR)).contains("dl4j").doesNotContain("onednn", "onnxruntime");
    }

    private static String engines(Path path) throws IOException {
        try (JarFile jar = new JarFile(path.toFile())) {
            ZipEntry services = jar.getEntry("META-INF/services/io.fcnspark.engine.EngineProvider");
            return new String(jar.getInputStream(services).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void trainingWithoutItsJarSaysWhereThatBelongs() throws Exception {
        Path alone = Files.copy(JAR, temporary.resolve("fcn-spark.jar"));
        Files.createSymbolicLink(temporary.resolve("spark"), JAR.resolveSibling("spark"));

        Result training = java("-jar", alone.toString(), "finetune", "--train=a", "--val=b");
        assertThat(training.exitCode()).isEqualTo(3);
        assertThat(training.output())
                .contains("put fcn-spark-training.jar beside fcn-spark.jar")
                .hasLineCount(1);

        Files.copy(TRAINING_JAR, temporary.resolve("fcn-spark-training.jar"));
        Result help = java("-jar", alone.toString(), "finetune", "--help");
        assertThat(help.exitCode()).isEqualTo(0);
        assertThat(help.output()).contains("--learning-rate");
    }

    @Test
    void findsTheEmbeddedSparkBesideItself() throws IOException {
        try (JarFile jar = new JarFile(JAR.toFile())) {
            String[] classPath =
                    jar.getManifest().getMainAttributes().getValue("Class-Path").split(" ");
            assertThat(classPath).hasSizeGreaterThan(100).allSatisfy(entry -> assertThat(JAR.resolveSibling(entry))
                    .isRegularFile());
        }
    }

    @Test
    void theContainerImageFindsAllThatItIsMadeOf() throws IOException {
        Path root = Path.of("..");
        String file =
                Files.readString(root.resolve("conf/kubernetes/Dockerfile")).replace("\\\n", " ");
        List<String> copies =
                file.lines().filter(line -> line.startsWith("COPY ")).toList();
        assertThat(copies).isNotEmpty();
        for (String copy : copies) {
            List<String> words = List.of(copy.trim().split("\\s+"));
            for (String source : words.subList(1, words.size() - 1)) {
                Path path = root.resolve(source);
                try (DirectoryStream<Path> found = Files.newDirectoryStream(
                        path.getParent(), path.getFileName().toString())) {
                    assertThat(found).as(source).isNotEmpty();
                }
            }
        }
    }

    @Test
    void runs() throws Exception {
        Result scenes = java("-jar", JAR.toString(), "scenes", "--count=2", "--size=64x96", "--output=street");
        assertThat(scenes.output()).startsWith("2 scenes of seed 1 in street");
        assertThat(scenes.exitCode()).isEqualTo(0);
        assertThat(temporary.resolve("street/images/scene_000001.jpg")).isRegularFile();

        Result usage = java("-jar", JAR.toString(), "scenes", "--cuont=2");
        assertThat(usage.exitCode()).isEqualTo(2);
        assertThat(usage.output()).startsWith("fcn scenes: ");
    }

    @Test
    void everyVerbIsAMainClass() throws Exception {
        Result help = java("-cp", JAR.toString(), "io.fcnspark.jobs.Scenes", "--help");
        assertThat(help.exitCode()).isEqualTo(0);
        assertThat(help.output()).startsWith("Usage: fcn scenes");
    }

    private static Set<String> folders(Path jar, String pattern) throws IOException {
        Pattern compiled = Pattern.compile(pattern);
        return entries(jar).stream()
                .map(compiled::matcher)
                .filter(Matcher::matches)
                .map(matcher -> matcher.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> classes(Path jar) throws IOException {
        return entries(jar).stream()
                .filter(name -> name.endsWith(".class") && !name.startsWith("META-INF/"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<String> allEntries() throws IOException {
        return Stream.concat(entries(JAR).stream(), entries(TRAINING_JAR).stream())
                .toList();
    }

    private static List<String> entries(Path path) throws IOException {
        try (JarFile jar = new JarFile(path.toFile())) {
            return jar.stream().map(ZipEntry::getName).toList();
        }
    }

    private Result java(String... args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        Stream.of(args).forEach(command::add);
        Process process = new ProcessBuilder(command)
                .directory(temporary.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output);
    }

    private record Result(int exitCode, String output) {}
}
