package io.fcnspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.internal.config.ConfigEntry;
import org.apache.spark.network.util.ByteUnit;
import org.apache.spark.network.util.JavaUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** What lies in {@code conf} is understood by what reads it. */
class ConfigurationTest {
    private static final Path CONF = Path.of("../conf");
    private static final YAMLMapper YAML = new YAMLMapper();

    /** Where the schedules expect the project, and the image. */
    private static final List<String> INSTALLED = List.of("/opt/fcn-spark/conf/", "/opt/fcn/conf/");

    @TempDir
    private Path temporary;

    private static List<Path> filesWithEnding(String ending) {
        try (Stream<Path> files = Files.walk(CONF)) {
            return files.filter(file -> file.toString().endsWith(ending)).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Path> argumentFiles() {
        return filesWithEnding(".args");
    }

    static List<Path> sparkSettings() {
        return filesWithEnding(".conf");
    }

    static List<Path> shellScripts() {
        return filesWithEnding(".sh");
    }

    static List<Path> units() {
        return Stream.concat(filesWithEnding(".service").stream(), filesWithEnding(".timer").stream())
                .toList();
    }

    @ParameterizedTest
    @MethodSource("argumentFiles")
    void argumentFilesAreOptionsOfLabel(Path file) {
        requireCommand(List.of("label", "@" + file, "--input", "a", "--model", "b", "--output", "c"));
    }

    /** A command as a schedule has it: its verb and options exist, and so do the files of this folder that it names. */
    private static void requireCommand(List<String> command) {
        PrintWriter nowhere = new PrintWriter(new StringWriter());
        CommandLine commandLine = Root.configure(Fcn.commandLine(), nowhere, nowhere);
        String[] here = command.stream().map(ConfigurationTest::here).toArray(String[]::new);
        assertThat(Stream.of(here).filter(argument -> argument.startsWith("@")))
                .allMatch(argument -> Files.isRegularFile(Path.of(argument.substring(1))));
        assertThatCode(() -> commandLine.parseArgs(here))
                .as(String.join(" ", here))
                .doesNotThrowAnyException();
    }

    private static String here(String argument) {
        return INSTALLED.stream().reduce(argument, (path, place) -> path.replace(place, CONF + "/"));
    }

    private static Map<String, String> settings(Path file) throws IOException {
        Properties settings = new Properties();
        try (var reader = Files.newBufferedReader(file)) {
            settings.load(reader);
        }
        Map<String, String> trimmed = new TreeMap<>();
        settings.stringPropertyNames()
                .forEach(name -> trimmed.put(name, settings.getProperty(name).strip()));
        return trimmed;
    }

    @ParameterizedTest
    @MethodSource("sparkSettings")
    void settingsAreOfSparkAndHaveValuesThatItTakes(Path file) throws IOException {
        Map<String, String> settings = settings(file);
        assertThat(settings).isNotEmpty();
        settings.forEach(ConfigurationTest::requireSetting);
    }

    private static void requireSetting(String name, String value) {
        assertThat(name).matches("spark(\\.[A-Za-z0-9_-]+)+");
        assertThat(value).as(name).isNotEmpty();
        if (name.matches("(?i).*(class|provider)")) {
            assertThatCode(() -> Class.forName(value)).as(name).doesNotThrowAnyException();
        }
        // Spark's core does not know those of YARN, Kubernetes and catalogs, and keeps no entry of the others.
        if (!name.matches(
                "spark\\.((hadoop|yarn|kubernetes|sql\\.catalog|(executor|task)\\.resource\\.gpu)\\..*|master|app\\.name)")) {
            ConfigEntry<?> entry = entry(name);
            assertThat(entry).as("Spark's setting %s", name).isNotNull();
            assertThatCode(() -> entry.valueConverter().apply(value))
                    .as("%s is %s", name, value)
                    .doesNotThrowAnyException();
        }
    }

    private static ConfigEntry<?> entry(String name) {
        // The names are known once the classes that hold them are.
        assertThat(org.apache.spark.internal.config.package$.MODULE$).isNotNull();
        assertThat(org.apache.spark.sql.internal.SQLConf$.MODULE$).isNotNull();
        assertThat(org.apache.spark.sql.internal.StaticSQLConf$.MODULE$).isNotNull();
        return ConfigEntry.findEntry(name);
    }

    @Test
    void versionsOfPackagesAreThoseOfTheBuild() throws Exception {
        String spark = org.apache.spark.package$.MODULE$.SPARK_VERSION();
        assertThat(Files.readString(CONF.resolve("spark-s3.conf")))
                .contains("spark-hadoop-cloud_2.12:" + spark)
                .contains("hadoop-aws:" + org.apache.hadoop.util.VersionInfo.getVersion());
        assertThat(Files.readString(CONF.resolve("kubernetes/Dockerfile")))
                .contains("FROM apache/spark:" + spark + "-");
        String packages = settings(CONF.resolve("spark-iceberg.conf")).get("spark.jars.packages");
        Path parent = Path.of("../pom.xml");
        assertThat(Files.readString(parent))
                .contains("<iceberg.version>" + packages.substring(packages.lastIndexOf(':') + 1) + "<");
    }

    @Test
    void theScheduledApplicationRunsLabelAsSparkSubmitDoes() throws IOException {
        JsonNode scheduled =
                YAML.readTree(CONF.resolve("kubernetes/nightly.yaml").toFile());
        assertThat(scheduled.at("/apiVersion").asText()).isEqualTo("sparkoperator.k8s.io/v1beta2");
        assertThat(scheduled.at("/kind").asText()).isEqualTo("ScheduledSparkApplication");
        JsonNode application = scheduled.at("/spec/template");
        assertThat(application.at("/mainClass").asText()).isEqualTo(Label.class.getName());
        assertThat(application.at("/sparkVersion").asText())
                .isEqualTo(org.apache.spark.package$.MODULE$.SPARK_VERSION());
        List<String> command = new ArrayList<>(List.of("label"));
        application.at("/arguments").forEach(argument -> command.add(argument.asText()));
        requireCommand(command);

        Map<String, String> settings = settings(CONF.resolve("spark-kubernetes.conf"));
        application.at("/sparkConf").fields().forEachRemaining(setting -> {
            // Kubernetes takes nothing but strings here.
            assertThat(setting.getValue().isTextual()).as(setting.getKey()).isTrue();
            requireSetting(setting.getKey(), setting.getValue().asText());
        });
        assertThat(application.at("/image").asText()).isEqualTo(settings.get("spark.kubernetes.container.image"));
        assertThat(application.at("/executor/memoryOverhead").asText())
                .isEqualTo(settings.get("spark.executor.memoryOverhead"));
        assertThat(application.at("/executor/cores").asText()).isEqualTo(settings.get("spark.executor.cores"));
        assertThat(Files.readString(CONF.resolve("spark-kubernetes.conf")))
                .contains(application.at("/mainApplicationFile").asText(), "--class " + Label.class.getName());
    }

    @Test
    void thePodTemplateMountsWhatItDeclares() throws IOException {
        String file = settings(CONF.resolve("spark-kubernetes.conf")).get("spark.kubernetes.executor.podTemplateFile");
        JsonNode pod = YAML.readTree(Path.of("..", file).toFile());
        assertThat(pod.at("/kind").asText()).isEqualTo("Pod");
        String volume = pod.at("/spec/volumes/0/name").asText();
        assertThat(volume).startsWith("spark-local-dir-");
        assertThat(pod.at("/spec/containers/0/volumeMounts/0/name").asText()).isEqualTo(volume);
    }

    /** What conf/README.md says of memory: heap aside, 2 GB for the network and 1 GB for each task. */
    @Test
    void executorsHaveMemoryForTheNetworkAndEachTask() throws IOException {
        for (String name : List.of("spark-yarn.conf", "spark-kubernetes.conf")) {
            Map<String, String> settings = settings(CONF.resolve(name));
            long overhead = JavaUtils.byteStringAs(settings.get("spark.executor.memoryOverhead"), ByteUnit.GiB);
            assertThat(overhead)
                    .as(name)
                    .isGreaterThanOrEqualTo(2 + Long.parseLong(settings.get("spark.executor.cores")));
        }
    }

    @ParameterizedTest
    @MethodSource("shellScripts")
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "needs a POSIX shell")
    void shellScriptsAreWellFormed(Path script) throws Exception {
        Result result = run(Map.of(), "sh", "-n", script.toString());
        assertThat(result.exitCode()).as(result.output()).isZero();
        assertThat(Files.isExecutable(script)).isTrue();
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "needs a POSIX shell")
    void gpusAreFoundAsSparkWantsThem() throws Exception {
        Path tools = Files.createDirectories(temporary.resolve("tools"));
        Path nvidia = tools.resolve("nvidia-smi");
        Files.writeString(
                nvidia, "#!/bin/sh\n[ \"$*\" = '--query-gpu=index --format=csv,noheader' ] && printf '0\\n1\\n'\n");
        assertThat(nvidia.toFile().setExecutable(true)).isTrue();
        String script = CONF.resolve("gpu-discovery.sh").toString();
        String path = tools + ":/usr/bin:/bin";

        Result two = run(Map.of("PATH", path), "sh", script);
        assertThat(two.exitCode()).as(two.output()).isZero();
        JsonNode json = new ObjectMapper().readTree(two.output());
        assertThat(json.get("name").asText()).isEqualTo("gpu");
        assertThat(json.get("addresses")).extracting(JsonNode::asText).containsExactly("0", "1");

        Files.writeString(nvidia, "#!/bin/sh\necho 'no driver'\nexit 9\n");
        Result none = run(Map.of("PATH", path), "sh", script);
        assertThat(none.exitCode()).isEqualTo(1);
        assertThat(none.output()).contains("no GPU to offer");
    }

    @ParameterizedTest
    @MethodSource("units")
    void unitsAreThoseOfSystemd(Path unit) throws Exception {
        assumeTrue(isThere("systemd-analyze", "--version"), "there is no systemd here to verify its units");
        // It wants the command to exist: the launcher of this checkout stands in for the installed one.
        for (Path other : units()) {
            Files.writeString(
                    temporary.resolve(other.getFileName()),
                    Files.readString(other)
                            .replace(
                                    "/opt/fcn-spark", Path.of("..").toRealPath().toString()));
        }
        Result result = run(
                Map.of(),
                "systemd-analyze",
                "verify",
                "--man=no",
                temporary.resolve(unit.getFileName()).toString());
        assertThat(result.output()).doesNotContain(unit.getFileName().toString());
        assertThat(result.exitCode()).isZero();
    }

    @Test
    void schedulesRunCommandsThatExist() throws IOException {
        String service = Files.readString(CONF.resolve("systemd/fcn-label.service"));
        String crontab = Files.readString(CONF.resolve("crontab"));
        List<String> lines = Stream.of(service, crontab)
                .flatMap(String::lines)
                .filter(line -> !line.startsWith("#") && line.contains("/bin/fcn "))
                .map(line -> line.substring(line.indexOf("/bin/fcn ") + "/bin/fcn ".length()))
                .map(line -> line.replaceAll(" (>>|\\|\\|).*", ""))
                .toList();
        assertThat(lines).hasSize(2);
        lines.forEach(line -> requireCommand(List.of(line.split(" "))));
    }

    @Test
    void theAirflowDagCompilesAndItsCommandsExist() throws Exception {
        assumeTrue(isThere("python3", "--version"), "there is no Python 3 here to compile the DAG with");
        Path dag = CONF.resolve("airflow/fcn_nightly.py");
        Result lists = run(Map.of(), "python3", "-c", """
            import ast, json, sys
            source = open(sys.argv[1]).read()
            compile(source, sys.argv[1], "exec")
            print(json.dumps({n.targets[0].id: ast.literal_eval(n.value)
                              for n in ast.parse(source).body if isinstance(n, ast.Assign)}))
            """, dag.toString());
        assertThat(lists.exitCode()).as(lists.output()).isZero();
        JsonNode constants = new ObjectMapper().readTree(lists.output());
        for (String name : List.of("LABEL", "EVALUATE")) {
            List<String> command = new ArrayList<>();
            constants.get(name).forEach(word -> command.add(word.asText()));
            requireCommand(command);
        }
        assertThat(Path.of(here(constants.get("SPARK").get(2).asText()))).exists();
        assertThat(constants.get("FCN").asText()).endsWith("/jobs/bin/fcn");
        assertThat(constants.get("FINAL"))
                .extracting(JsonNode::asInt)
                .containsExactly(ExitCode.USAGE, ExitCode.OVER_REJECT_RATE, ExitCode.GATE_FAILED);
    }

    private static boolean isThere(String... command) throws InterruptedException {
        try {
            return run(Map.of(), command).exitCode() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static Result run(Map<String, String> environment, String... command)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output);
    }

    private record Result(int exitCode, String output) {}
}
