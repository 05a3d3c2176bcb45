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

/** A Spark standalone cluster on loopback: a master and workers, with one core each by default, as processes of their own. */
final class StandaloneCluster implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /** Options of a JVM that lives for seconds. */
    static final List<String> QUICK_START = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

    private static final Pattern MASTER_URL = Pattern.compile("Starting Spark master at (spark://\\S+)");

    private final Path folder;
    private final Path sparkHome;
    private final String master;
    private final int cores;
    private final Path workerSettings;
    private final List<Process> processes = new ArrayList<>();
    private final List<Process> workers = new ArrayList<>();
    private int drivers;

    /**
     * Starts a cluster and waits until all workers have registered.
     *
     * @param folder empty, for logs and what executors write
     * @param sparkJars folder with Spark and what it needs
     */
    StandaloneCluster(Path folder, Path sparkJars, int numWorkers) throws IOException, InterruptedException {
        this(folder, sparkJars, numWorkers, 1, Map.of());
    }

    /**
     * Starts a cluster of other workers.
     *
     * @param cores of each worker
     * @param settings of the workers, such as {@code spark.worker.resource.gpu.amount}
     */
    StandaloneCluster(Path folder, Path sparkJars, int numWorkers, int cores, Map<String, String> settings)
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
        this.cores = cores;
        this.workerSettings = Files.write(
                folder.resolve("worker.properties"),
                settings.entrySet().stream()
                        .map(setting -> setting.getKey() + " " + setting.getValue())
                        .toList());
        for (int worker = 0; worker < numWorkers; worker++) {
            startWorker();
        }
        for (int worker = 0; worker < numWorkers; worker++) {
            awaitWorker(worker);
        }
    }

    private void startWorker() throws IOException {
        int worker = workers.size();
        workers.add(start(
                "worker" + worker,
                Map.of(),
                "org.apache.spark.deploy.worker.Worker",
                "--host",
                // One each, as Spark has no two attempts of a task on one host.
                "127.0.0." + (worker + 1),
                "--cores",
                Integer.toString(cores),
                "--memory",
                "1g",
                "--webui-port",
                "0",
                "--work-dir",
                folder.resolve("work" + worker).toString(),
                "--properties-file",
                workerSettings.toString(),
                master));
    }

    private void awaitWorker(int worker) throws IOException, InterruptedException {
        await("worker" + worker, Pattern.compile("Successfully registered with master"));
    }

    /** Kills the executors of one worker with SIGKILL; the worker starts others. */
    void killAnExecutor() {
        executors(workers.get(workers.size() - 1)).forEach(ProcessHandle::destroyForcibly);
    }

    /** Kills a worker and its executors with SIGKILL, as if its machine were gone. */
    void killAWorker() {
        Process worker = workers.get(workers.size() - 1);
        Stream<ProcessHandle> executors = executors(worker);
        worker.destroyForcibly();
        executors.forEach(ProcessHandle::destroyForcibly);
    }

    /** Adds a worker, and waits until it has registered. */
    void addWorker() throws IOException, InterruptedException {
        startWorker();
        awaitWorker(workers.size() - 1);
    }

    private static Stream<ProcessHandle> executors(Process worker) {
        List<ProcessHandle> executors = worker.children().toList();
        if (executors.isEmpty()) {
            throw new IllegalStateException("the worker has no executor");
        }
        return executors.stream();
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
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("spark-submit has not ended:\n" + log());
            }
            return new Submission(process.exitValue(), log());
        }

        /** Ends it with SIGKILL. */
        void kill() throws InterruptedException {
            process.destroyForcibly().waitFor();
        }

        /** Asks it to end, with SIGTERM. */
        void terminate() {
            process.destroy();
        }

        /** Stops it with SIGSTOP, as a sleeping machine does: nothing of it runs until it is resumed. */
        void stop() throws IOException, InterruptedException {
            signal("STOP");
        }

        /** Lets it go on. */
        void resume() throws IOException, InterruptedException {
            signal("CONT");
        }

        private void signal(String signal) throws IOException, InterruptedException {
            int code = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new IllegalStateException("kill -%s ended with %d".formatted(signal, code));
            }
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
        List<String> all = List.of(arguments);
        int option = all.indexOf("--driver-class-path");
        // What the script spark-submit does with this option.
        String first = option < 0 ? "" : all.get(option + 1) + ":";
        command.addAll(QUICK_START);
        command.addAll(List.of("-Xmx1g", "-cp", first + sparkHome.resolve("jars") + "/*", mainClass));
        command.addAll(all);
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
