package io.fcnspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Runs {@code jobs/bin/fcn} with stand-ins for java, Maven and spark-submit that print how they were called. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher is a POSIX shell script")
class LauncherTest {
    @TempDir
    Path temporary;

    private Path project;
    private Path launcher;
    private Path jar;
    private Path tools;
    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void layOutAProject() throws IOException {
        // As the script sees it, without symbolic links.
        project = Files.createDirectories(temporary.toRealPath().resolve("my project (1)"));
        launcher = project.resolve("jobs/bin/fcn");
        jar = project.resolve("jobs/target/fcn-spark.jar");
        Files.createDirectories(launcher.getParent());
        Files.copy(Path.of("bin/fcn"), launcher, StandardCopyOption.COPY_ATTRIBUTES);
        Files.createDirectories(jar.getParent());
        Files.createFile(jar);

        tools = Files.createDirectories(project.resolve("tools of others"));
        String path = System.getenv("PATH");
        environment.put("PATH", tools + ":" + path);
        environment.put("JAVA_HOME", java("17.0.15").toString());
    }

    /** How Java is called without Spark, memory and compiler first. */
    private static List<String> embedded(String... rest) {
        return Stream.concat(
                        Stream.of(
                                "java",
                                "-XX:MaxRAMPercentage=50",
                                "-XX:Tier4LoadFeedback=1",
                                "-XX:Tier4InvocationThreshold=500000",
                                "-XX:Tier4MinInvocationThreshold=60000",
                                "-XX:Tier4CompileThreshold=1500000",
                                "-XX:Tier4BackEdgeThreshold=4000000",
                                "-XX:CompileCommand=quiet",
                                "-XX:CompileCommand=CompileThresholdScaling,io.fcnspark.*::*,0.1"),
                        Stream.of(rest))
                .toList();
    }

    @Test
    void runsEmbeddedWithoutSpark() throws Exception {
        Result result = fcn("evaluate", "--masks", "a b", "--labels=voc");
        assertThat(result.exitCode()).isEqualTo(0);
        assertThat(result.lines())
                .containsExactlyElementsOf(
                        embedded("-jar", jar.toString(), "evaluate", "--masks", "a b", "--labels=voc"));
    }

    @Test
    void theFirstRunAfterABuildMakesAnArchiveOfClassesThatOthersUse() throws Exception {
        Path archive = project.resolve("jobs/target/fcn-spark.jsa");
        List<String> making =
                embedded("-XX:ArchiveClassesAtExit=" + archive, "-Xlog:cds*=off", "-jar", jar.toString(), "label");
        List<String> using =
                embedded("-XX:SharedArchiveFile=" + archive, "-Xlog:cds*=off", "-jar", jar.toString(), "label");
        assertThat(fcn("label").lines()).containsExactlyElementsOf(making);
        Files.createFile(archive);
        Files.setLastModifiedTime(jar, FileTime.from(Instant.now().minusSeconds(60)));
        assertThat(fcn("label").lines()).containsExactlyElementsOf(using);
        // Built again.
        Files.setLastModifiedTime(jar, FileTime.from(Instant.now().plusSeconds(60)));
        assertThat(fcn("label").lines()).containsExactlyElementsOf(making);
    }

    @Test
    void splitsJvmOptionsAtBlanks() throws Exception {
        environment.put("FCN_JAVA_OPTS", "-Xmx8g -Dspark.master=local[4]");
        assertThat(fcn("scenes").lines())
                .containsExactlyElementsOf(
                        embedded("-Xmx8g", "-Dspark.master=local[4]", "-jar", jar.toString(), "scenes"));
    }

    @Test
    void callsSparkSubmitWhenThereIsASparkHome() throws Exception {
        environment.put("SPARK_HOME", sparkHome().toString());
        assertThat(fcn("label", "--input", "a b", "").lines())
                .containsExactly(
                        "spark-submit",
                        "--class",
                        "io.fcnspark.jobs.Fcn",
                        jar.toString(),
                        "label",
                        "--input",
                        "a b",
                        "");
    }

    @Test
    void putsSparkOptionsBeforeTheJar() throws Exception {
        environment.put("SPARK_HOME", sparkHome().toString());
        assertThat(fcn("label", "--input", "*", "--", "--master", "yarn", "--conf", "spark.x=a b")
                        .lines())
                .containsExactly(
                        "spark-submit",
                        "--class",
                        "io.fcnspark.jobs.Fcn",
                        "--master",
                        "yarn",
                        "--conf",
                        "spark.x=a b",
                        jar.toString(),
                        "label",
                        "--input",
                        "*");
    }

    @Test
    void addsTheTrainingJarWhereItIsNeeded() throws Exception {
        environment.put("SPARK_HOME", sparkHome().toString());
        String training = project.resolve("jobs/target/fcn-spark-training.jar").toString();
        String[] start = {"spark-submit", "--class", "io.fcnspark.jobs.Fcn"};

        assertThat(fcn("finetune", "--train", "a").lines())
                .startsWith(start)
                .endsWith("--jars", training, jar.toString(), "finetune", "--train", "a");
        assertThat(fcn("label", "--engine", "dl4j", "--", "--master", "yarn").lines())
                .startsWith(start)
                .endsWith("--master", "yarn", "--jars", training, jar.toString(), "label", "--engine", "dl4j");
        assertThat(fcn("finetune", "--", "--jars", "mine.jar", "--master", "yarn")
                        .lines())
                .endsWith("--jars", "mine.jar," + training, "--master", "yarn", jar.toString(), "finetune");
        assertThat(fcn("finetune", "--", "--jars=mine.jar").lines())
                .endsWith("--jars=mine.jar," + training, jar.toString(), "finetune");
        assertThat(fcn("label", "--input", "finetune").lines()).doesNotContain(training);
    }

    @Test
    void findsSparkSubmitOnThePath() throws Exception {
        Files.copy(sparkHome().resolve("bin/spark-submit"), tools.resolve("spark-submit"));
        tools.resolve("spark-submit").toFile().setExecutable(true);
        assertThat(fcn("scenes", "--").lines())
                .containsExactly("spark-submit", "--class", "io.fcnspark.jobs.Fcn", jar.toString(), "scenes");
    }

    @Test
    void sparkOptionsWithoutASparkAreTheUsersToMend() throws Exception {
        environment.put("PATH", "/usr/bin:/bin");
        Result result = fcn("scenes", "--", "--master", "yarn");
        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.lines()).singleElement().asString().contains("spark-submit", "SPARK_HOME");
    }

    @Test
    void isFoundThroughSymbolicLinksAndFromAnyDirectory() throws Exception {
        Path bin = Files.createDirectories(project.resolve("links/of mine"));
        Files.createSymbolicLink(project.resolve("links/fcn-1"), Path.of("../jobs/bin/fcn"));
        Files.createSymbolicLink(bin.resolve("fcn"), Path.of("../fcn-1"));
        launcher = bin.resolve("fcn");
        assertThat(fcn("demo").lines()).contains(jar.toString());
    }

    @Test
    void givesJavaAnEncodingForFileNames() throws Exception {
        script(tools.resolve("locale/bin/java"), "echo \"$LC_ALL\"; echo 'version \"17.0.1\"'");
        environment.put("JAVA_HOME", tools.resolve("locale").toString());
        assertThat(fcn("demo").lines()).startsWith("C.UTF-8");
        environment.put("LANG", "de_DE.UTF-8");
        assertThat(fcn("demo").lines()).startsWith("");
    }

    @Test
    void buildsTheJarOnce() throws Exception {
        Files.delete(jar);
        script(tools.resolve("mvn"), "printf 'mvn\\n' ; printf '%s\\n' \"$@\" ; : > \"" + jar + "\"");
        assertThat(fcn("scenes").lines())
                .contains("fcn: building " + jar + " (once; some minutes)", "mvn", "package", "-DskipTests")
                .endsWith(embedded("-jar", jar.toString(), "scenes").toArray(String[]::new));
        assertThat(fcn("demo").lines()).doesNotContain("mvn");
    }

    @Test
    void aFailedBuildIsTold() throws Exception {
        Files.delete(jar);
        script(tools.resolve("mvn"), "echo '[ERROR] no space left'; exit 1");
        Result result = fcn("demo");
        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.lines()).contains("[ERROR] no space left", "fcn: the build failed, for the reason above");
    }

    @Test
    void anotherJavaIsTold() throws Exception {
        environment.put("JAVA_HOME", java("21.0.2").toString());
        Result result = fcn("demo");
        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.lines()).singleElement().asString().contains("is not Java 17", "JAVA_HOME");
    }

    @Test
    void aWrongJavaHomeIsTold() throws Exception {
        environment.put("JAVA_HOME", "/no/such/jdk");
        Result result = fcn("demo");
        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.lines()).singleElement().asString().contains("'/no/such/jdk'", "JDK 17");
    }

    private Path java(String version) throws IOException {
        Path home = project.resolve("jdk " + version);
        script(
                home.resolve("bin/java"),
                "if [ \"$1\" = -version ]; then echo 'openjdk version \"" + version + "\"' >&2; else "
                        + "echo java; printf '%s\\n' \"$@\"; fi");
        return home;
    }

    private Path sparkHome() throws IOException {
        Path home = project.resolve("spark 3.5");
        script(home.resolve("bin/spark-submit"), "echo spark-submit; printf '%s\\n' \"$@\"");
        return home;
    }

    private static void script(Path file, String body) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        if (!file.toFile().setExecutable(true)) {
            throw new IOException(file + " cannot be made executable");
        }
    }

    private Result fcn(String... args) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(Stream.concat(Stream.of(launcher.toString()), Stream.of(args))
                        .toList())
                .directory(temporary.toFile())
                .redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output.lines().toList());
    }

    private record Result(int exitCode, List<String> lines) {}
}
