package io.fcnspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fcnspark.engine.EngineProvider;
import io.fcnspark.jobs.StandaloneCluster.Submission;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster whose worker reports two GPUs, and an engine that writes down which one it is given. */
class GpuIT {
    private static final Path JAR = Path.of("target/fcn-spark.jar").toAbsolutePath();
    private static final Path SPARK_JARS = Path.of("target/spark");

    @TempDir
    private Path folder;

    @Test
    void everyTaskHasAGpuOfItsOwn() throws IOException, InterruptedException {
        Path street = folder.resolve("street");
        fcn("scenes", "--count", "24", "--size", "64x64", "--output", street.toString());
        Path model = folder.resolve("model");
        String labels = street.resolve("labels.json").toString();
        fcn("init", "--variant", "fcn8s", "--width", "0.03125", "--labels", labels, "--output", model.toString());
        Path recording = Files.createDirectory(folder.resolve("recording"));
        List<String> label = new ArrayList<>(List.of("label", "--input", street + "/images"));
        label.addAll(List.of("--model", model.toString(), "--engine", "recording", "--device", "gpu"));
        label.addAll(List.of("--output", folder.resolve("labelled").toString()));
        label.addAll(List.of("--json", folder.resolve("run.json").toString()));
        List<String> submit = new ArrayList<>(List.of("--jars", engineJar().toString()));
        submit.addAll(List.of("--executor-memory", "600m", "--executor-cores", "2"));
        submit.addAll(List.of("--conf", "spark.ui.enabled=false"));
        submit.addAll(List.of("--conf", "spark.executor.extraJavaOptions=-Dfcn.recording=" + recording));
        List<String> withGpus = new ArrayList<>(submit);
        withGpus.addAll(List.of("--conf", "spark.executor.resource.gpu.amount=2"));
        withGpus.addAll(List.of("--conf", "spark.task.resource.gpu.amount=1"));

        Map<String, String> worker = Map.of(
                "spark.worker.resource.gpu.amount",
                "2",
                "spark.worker.resource.gpu.discoveryScript",
                discoveryScript().toString());
        Submission without;
        Submission with;
        try (StandaloneCluster cluster =
                new StandaloneCluster(Files.createDirectory(folder.resolve("spark")), SPARK_JARS, 1, 2, worker)) {
            without = cluster.submit(JAR, submit, label);
            assertThat(folder.resolve("labelled/masks")).doesNotExist();
            with = cluster.submit(JAR, withGpus, label);
        }

        assertThat(without.exitCode()).as(without.log()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(without.log())
                .contains("a GPU was asked for, but Spark has given this task none: looked for the resource 'gpu'")
                .contains("spark.task.resource.gpu.amount");
        assertThat(with.exitCode()).as(with.log()).isZero();
        JsonNode run = new ObjectMapper().readTree(folder.resolve("run.json").toFile());
        assertThat(run.get("labelled").asInt()).isEqualTo(24);
        assertThat(run.get("engine").asText()).isEqualTo("recording");
        for (String device : List.of("gpu3", "gpu5")) {
            List<String> lines = Files.readAllLines(recording.resolve(device));
            // Loaded once, however many tasks there are, and never used by two at a time.
            assertThat(lines).filteredOn("load"::equals).hasSize(1);
            assertThat(lines)
                    .filteredOn(line -> line.startsWith("run"))
                    .isNotEmpty()
                    .allMatch(line -> line.endsWith("users: 1"));
        }
        try (var devices = Files.list(recording)) {
            assertThat(devices).hasSize(2);
        }
    }

    private Path discoveryScript() throws IOException {
        Path script = folder.resolve("discover.sh");
        Files.writeString(script, "#!/bin/sh\necho '{\"name\": \"gpu\", \"addresses\": [\"3\", \"5\"]}'\n");
        return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** The test's engine as a user's engine would come: in a jar of its own. */
    private Path engineJar() throws IOException {
        Path jar = folder.resolve("engine.jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            for (Class<?> type :
                    List.of(RecordingEngine.class, Class.forName(RecordingEngine.class.getName() + "$Runner"))) {
                String name = type.getName().replace('.', '/') + ".class";
                out.putNextEntry(new JarEntry(name));
                try (InputStream bytes = type.getResourceAsStream("/" + name)) {
                    bytes.transferTo(out);
                }
            }
            out.putNextEntry(new JarEntry("META-INF/services/" + EngineProvider.class.getName()));
            out.write(RecordingEngine.class.getName().getBytes(StandardCharsets.UTF_8));
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
        return jar;
    }

    private static void fcn(String... arguments) {
        StringWriter err = new StringWriter();
        int code = Fcn.run(new PrintWriter(new StringWriter()), new PrintWriter(err), arguments);
        assertThat(code).as(err.toString()).isZero();
    }
}
