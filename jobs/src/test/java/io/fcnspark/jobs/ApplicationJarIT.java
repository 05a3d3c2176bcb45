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

/** The application jar as a user gets it. */
class ApplicationJarIT {
    private static final Path JAR = Path.of("target/fcn-spark.jar").toAbsolutePath();

    @TempDir
    Path temporary;

    @Test
    void leavesOutWhatAClusterBrings() throws IOException {
        List<String> entries = entries();
        assertThat(entries)
                .noneMatch(name -> name.matches(
                        "(org/apache/(spark|hadoop|commons/(lang3|io|compress|codec|math3))|scala|org/slf4j|org/apache/logging"
                                + "|com/fasterxml/jackson|com/amazonaws)/.*"));
    }

    @Test
    void hidesItsProtobufFromSparks() throws IOException {
        assertThat(entries())
                .contains("io/fcnspark/shaded/protobuf/CodedInputStream.class")
                .noneMatch(name -> name.startsWith("com/google/protobuf/"));
    }

    @Test
    void holdsNoEntryTwice() throws IOException {
        assertThat(entries()).doesNotHaveDuplicates();
    }

    @Test
    void carriesTheNativesOfOnePlatform() throws IOException {
        assertThat(folders("ai/onnxruntime/native/([^/]+)/.+")).hasSize(1);
        assertThat(folders("org/nd4j/linalg/cpu/nativecpu/bindings/([^/]+)/.+")).hasSize(1);
        assertThat(folders("org/bytedeco/openblas/((?:linux|macosx|windows|android|ios)-[^/]+)/.+"))
                .hasSize(1);
        assertThat(folders("org/bytedeco/(?:dnnl|opencl)/((?:linux|macosx|windows)-[^/]+)/.+"))
                .as("natives of oneDNN, which exist for this platform alone")
                .isEqualTo(Loader.getPlatform().equals("linux-x86_64") ? Set.of("linux-x86_64") : Set.of());
        assertThat(entries()).noneMatch(name -> name.endsWith(".cmake") || name.endsWith(".hpp"));
        assertThat(entries()).noneMatch(name -> name.endsWith(".pdb") || name.contains(".dSYM/"));
    }

    @Test
    void knowsEveryEngine() throws IOException {
        try (JarFile jar = new JarFile(JAR.toFile())) {
            ZipEntry services = jar.getEntry("META-INF/services/io.fcnspark.engine.EngineProvider");
            String text = new String(jar.getInputStream(services).readAllBytes(), StandardCharsets.UTF_8);
            assertThat(text).contains("onednn", "onnxruntime", "dl4j");
        }
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

    private Set<String> folders(String pattern) throws IOException {
        Pattern compiled = Pattern.compile(pattern);
        return entries().stream()
                .map(compiled::matcher)
                .filter(Matcher::matches)
                .map(matcher -> matcher.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<String> entries() throws IOException {
        try (JarFile jar = new JarFile(JAR.toFile())) {
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
