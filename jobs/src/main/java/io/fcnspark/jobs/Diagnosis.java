package io.fcnspark.jobs;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fcnspark.bench.Machine;
import io.fcnspark.engine.Device;
import io.fcnspark.engine.EngineProvider;
import io.fcnspark.engine.Engines;
import io.fcnspark.engine.Precision;
import io.fcnspark.spark.storage.Storages;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.util.VersionInfo;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.package$;

/**
 * What this process runs on.
 *
 * @param versions of this project and of what it stands on
 * @param system operating system, locale, disk
 * @param heapMb MB of 10^6 bytes that the heap may grow to
 * @param gpus a line each, as NVIDIA's tool tells
 * @param engines for each what it can, and why not; the preferred first
 * @param settings that matter, without secrets
 */
record Diagnosis(
        SortedMap<String, String> versions,
        SortedMap<String, String> system,
        Machine machine,
        long heapMb,
        List<String> gpus,
        List<EngineState> engines,
        Storages storages,
        SortedMap<String, String> settings) {
    private static final List<String> VARIABLES = List.of(
            "SPARK_HOME",
            "SPARK_CONF_DIR",
            "HADOOP_CONF_DIR",
            "JAVA_HOME",
            "FCN_JAVA_OPTS",
            "LC_ALL",
            "LC_CTYPE",
            "LANG",
            "OMP_NUM_THREADS",
            "CUDA_VISIBLE_DEVICES",
            "LD_LIBRARY_PATH",
            "AWS_PROFILE",
            "AWS_REGION");

    /**
     * An engine on a device in a precision.
     *
     * @param obstacle why it cannot run; empty if it can
     */
    record EngineState(String engine, Device device, Precision precision, Optional<String> obstacle) {}

    /** Looks. */
    static Diagnosis make() {
        SparkConf spark = new SparkConf();
        return new Diagnosis(
                findVersions(),
                findSystem(),
                Machine.detect(),
                Runtime.getRuntime().maxMemory() / 1_000_000,
                findGpus(),
                findEngines(),
                Storages.find(SparkHadoopUtil.get().newConfiguration(spark)),
                findSettings(spark));
    }

    private static SortedMap<String, String> findVersions() {
        SortedMap<String, String> versions = new TreeMap<>();
        versions.put("fcn-spark", new Root.Version().getVersion()[0].replaceFirst("^fcn-spark ", ""));
        versions.put(
                "java", "%s (%s)".formatted(System.getProperty("java.vm.version"), System.getProperty("java.vendor")));
        versions.put(
                "spark", package$.MODULE$.SPARK_VERSION() + (System.getenv("SPARK_HOME") == null ? ", embedded" : ""));
        versions.put("scala", scala.util.Properties.versionNumberString());
        versions.put("hadoop", VersionInfo.getVersion());
        return versions;
    }

    private static SortedMap<String, String> findSystem() {
        SortedMap<String, String> system = new TreeMap<>();
        system.put(
                "os",
                "%s %s, %s"
                        .formatted(
                                System.getProperty("os.name"),
                                System.getProperty("os.version"),
                                System.getProperty("os.arch")));
        system.put("distribution", distribution());
        system.put(
                "encodings",
                "%s, file names in %s".formatted(Charset.defaultCharset(), System.getProperty("sun.jnu.encoding")));
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        system.put("temporary files", "%s, %s free".formatted(temporary, free(temporary)));
        return system;
    }

    private static String distribution() {
        try (Stream<String> lines = Files.lines(Path.of("/etc/os-release"))) {
            return lines.filter(line -> line.startsWith("PRETTY_NAME="))
                    .map(line -> line.replaceAll("^PRETTY_NAME=|\"", ""))
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException e) {
            return "unknown";
        }
    }

    private static String free(Path folder) {
        try {
            return megabytes(Files.getFileStore(folder).getUsableSpace() / 1_000_000);
        } catch (IOException e) {
            return "an unknown amount";
        }
    }

    private static List<String> findGpus() {
        Process tool;
        try {
            tool = new ProcessBuilder(
                            "nvidia-smi", "--query-gpu=index,name,memory.total,driver_version", "--format=csv,noheader")
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            return List.of();
        }
        try (Stream<String> lines = tool.inputReader().lines()) {
            List<String> gpus = lines.toList();
            return tool.waitFor(10, TimeUnit.SECONDS) && tool.exitValue() == 0 ? gpus : List.of();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        } finally {
            tool.destroy();
        }
    }

    private static List<EngineState> findEngines() {
        return Engines.installed().providers().stream()
                .flatMap(
                        provider -> Stream.of(Device.CPU, Device.gpu(0)).flatMap(device -> Stream.of(Precision.values())
                                .map(precision -> new EngineState(
                                        provider.name(), device, precision, obstacle(provider, device, precision)))))
                .toList();
    }

    /** An engine that cannot even be asked is one that cannot run: its natives do not load here. */
    private static Optional<String> obstacle(EngineProvider provider, Device device, Precision precision) {
        try {
            return provider.unavailable(device, precision);
        } catch (RuntimeException | LinkageError e) {
            return Optional.of(e.toString());
        }
    }

    private static SortedMap<String, String> findSettings(SparkConf spark) {
        Redaction redaction = Redaction.of(spark);
        SortedMap<String, String> settings = new TreeMap<>();
        for (String variable : VARIABLES) {
            Optional.ofNullable(System.getenv(variable))
                    .ifPresent(value -> settings.put(variable, redaction.words(value)));
        }
        Stream.of(spark.getAll())
                .forEach(setting -> settings.put(setting._1(), redaction.value(setting._1(), setting._2())));
        return settings;
    }

    ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        put(json.putObject("versions"), versions);
        put(json.putObject("system"), system);
        ObjectNode processor = json.putObject("processor");
        processor.put("name", machine.processor());
        processor.put("cores", machine.cores());
        machine.isa().forEach(processor.putArray("features")::add);
        ObjectNode memory = json.putObject("memory");
        memory.put("machine_mb", machine.memoryMb());
        memory.put("heap_mb", heapMb);
        gpus.forEach(json.putArray("gpus")::add);
        ArrayNode states = json.putArray("engines");
        for (EngineState state : engines) {
            states.addObject()
                    .put("engine", state.engine())
                    .put("device", state.device().toString())
                    .put("precision", state.precision().id())
                    .put("available", state.obstacle().isEmpty())
                    .put("reason", state.obstacle().orElse(null));
        }
        put(json.putObject("storages"), storages.present());
        put(json.putObject("storages_missing"), storages.missing());
        put(json.putObject("settings"), settings);
        return json;
    }

    private static void put(ObjectNode json, Map<String, String> values) {
        values.forEach(json::put);
    }

    /** A screen of text. */
    void print(PrintWriter out) {
        versions.forEach((name, version) -> line(out, name, version));
        system.forEach((name, value) -> line(out, name, value));
        line(out, "processor", "%s, %d cores".formatted(machine.processor(), machine.cores()));
        line(out, "features", machine.isa().isEmpty() ? "unknown" : String.join(" ", machine.isa()));
        line(
                out,
                "memory",
                "%s, of which the heap may take %s".formatted(megabytes(machine.memoryMb()), megabytes(heapMb)));
        line(out, "GPUs", gpus.isEmpty() ? "none that nvidia-smi tells of" : String.join("; ", gpus));
        out.println("engines");
        for (String engine :
                engines.stream().map(EngineState::engine).distinct().toList()) {
            line(out, "  " + engine, can(engine));
            // The same obstacle stands in the way of several precisions.
            engines.stream()
                    .filter(state ->
                            state.engine().equals(engine) && state.obstacle().isPresent())
                    .collect(Collectors.groupingBy(
                            state -> "%s: %s"
                                    .formatted(state.device(), state.obstacle().orElseThrow()),
                            TreeMap::new,
                            Collectors.mapping(state -> state.precision().id(), Collectors.joining(", "))))
                    .forEach((reason, precisions) -> line(out, "", "not %s on %s".formatted(precisions, reason)));
        }
        line(out, "storages", String.join(" ", storages.present().keySet()));
        line(out, "  missing", String.join(" ", storages.missing().keySet()));
        out.println("settings");
        settings.forEach((name, value) -> out.printf("  %s=%s%n", name, value));
    }

    private String can(String engine) {
        String can = engines.stream()
                .filter(state ->
                        state.engine().equals(engine) && state.obstacle().isEmpty())
                .map(state -> "%s on %s".formatted(state.precision().id(), state.device()))
                .collect(Collectors.joining(", "));
        return can.isEmpty() ? "cannot run here" : can;
    }

    private static void line(PrintWriter out, String name, String value) {
        out.printf("%-16s %s%n", name, value);
    }

    private static String megabytes(long mb) {
        return String.format(Locale.ROOT, mb < 10_000 ? "%,d MB" : "%,d GB", mb < 10_000 ? mb : mb / 1000);
    }
}
