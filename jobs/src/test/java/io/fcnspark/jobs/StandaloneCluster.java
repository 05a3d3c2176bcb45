package io.fcnspark.jobs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A Spark standalone cluster on loopback: a master and workers with one core each, as processes of their own. */
final class StandaloneCluster implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Pattern MASTER_URL = Pattern.compile("Starting Spark master at (spark://\\S+)");

    private final Path folder;
    private final Path sparkHome;
    private final String master;
    private final List<Process> processes = new ArrayList<>();
    private int drivers;

    /**
     * Starts a cluster and waits until all workers have registered.
     *
     * @param folder empty, for logs and what executors write
     * @param sparkJars folder with Spark and what it needs
     */
    StandaloneCluster(Path folder, Path sparkJars, int workers) throws IOException, InterruptedException {
        this(folder, sparkJars, workers, 1, Map.of());
    }

    /**
     * Starts a cluster of other workers.
     *
     * @param settings of the workers, such as {@code spark.worker.resource.gpu.amount}
     */
    StandaloneCluster(Path folder, Path sparkJars, int workers, int cores, Map<String, String> settings)
            throws IOException, InterruptedException {
        this.folder = folder;
        this.sparkHome = Files.createDirectories(folder.resolve("spark-home"));
        Files.createSymbolicLink(sparkHome.resolve("jars"), sparkJars.toAbsolutePath());
        start(
                "master",
                Map.of(),
                "org.apache.spark.deploy.master.Master",
                "--host",
                "127.0.0.1",
                "--port",
                "0",
                "--webui-port",
                "0");
        this.master = await("master", MASTER_URL).group(1);
        Path properties = Files.write(
                folder.resolve("worker.properties"),
                settings.entrySet().stream()
                        .map(setting -> setting.getKey() + " " + setting.getValue())
                        .toList());
        for (int worker = 0; worker < workers; worker++) {
            start(
                    "worker" + worker,
                    Map.of(),
                    "org.apache.spark.deploy.worker.Worker",
                    "--host",
                    "127.0.0.1",
                    "--cores",
                    Integer.toString(cores),
                    "--memory",
                    "1g",
                    "--webui-port",
                    "0",
                    "--work-dir",
                    folder.resolve("work" + worker).toString(),
                    "--properties-file",
                    properties.toString(),
                    master);
        }
        for (int worker = 0; worker < workers; worker++) {
            await("worker" + worker, Pattern.compile("Successfully registered with master"));
        }
    }

    /** Runs spark-submit to its end. */
    Submission submit(Path applicationJar, List<String> sparkOptions, List<String> arguments)
            throws IOException, InterruptedException {
        return begin(applicationJar, Map.of(), sparkOptions, arguments).await();
    }

    /**
     * Starts spark-submit.
     *
     * @param environment variables that the driver alone gets
     */
    Driver begin(
            Path applicationJar, Map<String, String> environment, List<String> sparkOptions, List<String> arguments)
            throws IOException {
        List<String> all = new ArrayList<>(List.of("--master", master, "--class", "io.fcnspark.jobs.Fcn"));
        all.addAll(sparkOptions);
        all.add(applicationJar.toString());
        all.addAll(arguments);
        String name = "driver" + drivers++;
        return new Driver(
                name, start(name, environment, "org.apache.spark.deploy.SparkSubmit", all.toArray(String[]::new)));
    }

    /** A spark-submit that runs. */
    final class Driver {
        private final String name;
        private final Process process;

        private Driver(String name, Process process) {
            this.name = name;
            this.process = process;
        }

        Submission await() throws IOException, InterruptedException {
            if (!process.waitFor(5, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new IllegalStateException("spark-submit has not ended:\n" + log());
            }
            return new Submission(process.exitValue(), log());
        }

        String log() throws IOException {
            return StandaloneCluster.this.log(name);
        }
    }

    /** How a submission ended. */
    record Submission(int exitCode, String log) {}

    /** What executors have logged, one string each. */
    List<String> executorLogs() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            List<String> logs = new ArrayList<>();
            for (Path file : files.filter(path -> path.endsWith("stderr")).toList()) {
                logs.add(Files.readString(file));
            }
            return logs;
        }
    }

    private Process start(String name, Map<String, String> environment, String mainClass, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(List.of(System.getProperty("fcn.jvm.opens").trim().split("\\s+")));
        command.addAll(List.of("-Xmx1g", "-cp", sparkHome.resolve("jars") + "/*", mainClass));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(name + ".log").toFile());
        builder.environment().put("SPARK_HOME", sparkHome.toString());
        builder.environment().put("SPARK_SCALA_VERSION", "2.12");
        builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
        builder.environment().putAll(environment);
        Process process = builder.start();
        processes.add(process);
        return process;
    }

    private Matcher await(String name, Pattern pattern) throws IOException, InterruptedException {
        Instant deadline = Instant.now().plus(PATIENCE);
        while (Instant.now().isBefore(deadline)) {
            Matcher matcher = pattern.matcher(log(name));
            if (matcher.find()) {
                return matcher;
            }
            Thread.sleep(100);
        }
        throw new IllegalStateException("no '%s' in the log of %s:%n%s".formatted(pattern, name, log(name)));
    }

    private String log(String name) throws IOException {
        return Files.readString(folder.resolve(name + ".log"));
    }

    @Override
    public void close() {
        processes.forEach(process -> {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        });
    }
}
