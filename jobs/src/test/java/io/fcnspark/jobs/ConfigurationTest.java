package io.fcnspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** What lies in {@code conf} is understood by what reads it. */
class ConfigurationTest {
    private static final Path CONF = Path.of("../conf");

    private static List<Path> filesWithEnding(String ending) throws IOException {
        try (Stream<Path> files = Files.list(CONF)) {
            return files.filter(file -> file.toString().endsWith(ending)).toList();
        }
    }

    static List<Path> argumentFiles() throws IOException {
        return filesWithEnding(".args");
    }

    static List<Path> sparkSettings() throws IOException {
        return filesWithEnding(".conf");
    }

    @ParameterizedTest
    @MethodSource("argumentFiles")
    void argumentFilesAreOptionsOfLabel(Path file) {
        PrintWriter nowhere = new PrintWriter(new StringWriter());
        CommandLine commandLine = Fcn.configure(new CommandLine(new Fcn()), nowhere, nowhere);
        assertThatCode(() ->
                        commandLine.parseArgs("label", "@" + file, "--input", "a", "--model", "b", "--output", "c"))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @MethodSource("sparkSettings")
    void settingsAreOfSparkAndNameClassesThatExist(Path file) throws IOException {
        Properties settings = new Properties();
        try (var reader = Files.newBufferedReader(file)) {
            settings.load(reader);
        }
        assertThat(settings.stringPropertyNames()).isNotEmpty().allMatch(name -> name.startsWith("spark."));
        for (String name : settings.stringPropertyNames()) {
            if (name.matches("(?i).*(class|provider)")) {
                assertThatCode(() -> Class.forName(settings.getProperty(name).strip()))
                        .as(name)
                        .doesNotThrowAnyException();
            }
        }
    }

    @Test
    void versionsOfPackagesAreThoseOfTheEmbeddedSpark() throws Exception {
        assertThat(Files.readString(CONF.resolve("spark-s3.conf")))
                .contains("spark-hadoop-cloud_2.12:" + org.apache.spark.package$.MODULE$.SPARK_VERSION())
                .contains("hadoop-aws:" + org.apache.hadoop.util.VersionInfo.getVersion());
    }
}
