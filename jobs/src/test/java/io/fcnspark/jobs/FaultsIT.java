package io.fcnspark.jobs;

import static io.fcnspark.jobs.S3Server.BUCKET;
import static io.fcnspark.jobs.S3Server.uri;
import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.s3.AmazonS3;
import com.amazonaws.services.s3.model.GetObjectRequest;
import com.amazonaws.services.s3.model.ListMultipartUploadsRequest;
import com.amazonaws.services.s3.model.S3ObjectSummary;
import io.fcnspark.jobs.FaultyProxy.Gate;
import io.fcnspark.jobs.FaultyProxy.Request;
import io.fcnspark.jobs.FaultyProxy.Storm;
import io.fcnspark.jobs.FaultyProxy.Treatment;
import io.fcnspark.jobs.StandaloneCluster.Driver;
import io.fcnspark.jobs.StandaloneCluster.Submission;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.iceberg.spark.SparkCatalog;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What goes wrong at night, on a real cluster of a master and two workers, against a real S3 server. However a run ends, the
 * next one leaves every image with one row, and with the mask that it has when nothing goes wrong. Each fault prints a line with
 * what a reader finds before that next run and after.
 *
 * <p>All of it takes many minutes. Every build runs what has no tag; the rest runs with {@code -Dfaults=all}.
 */
class FaultsIT {
    private static final Path JAR = Path.of("target/fcn-spark.jar").toAbsolutePath();
    private static final Path SPARK_JARS = Path.of("target/spark");

    /** Two waves, of 20 and 28 as it happens on S3, each of eight tasks, so of eight files. */
    private static final int IMAGES = 48;

    private static final int WAVE = 24;
    private static final int FILES_OF_A_WAVE = 8;
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    @TempDir
    private static Path shared;

    private static S3Server s3;
    private static AmazonS3 client;
    private static FaultyProxy proxy;
    private static StandaloneCluster cluster;
    private static LabelledOutput undisturbed;

    private static final Map<String, String> PROPERTIES = new HashMap<>();

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        Path data = shared.resolve("data");
        fcn("scenes", "--count", "" + IMAGES, "--size", "64x96", "--output", data + "/street");
        fcn(
                "init",
                "--variant",
                "fcn8s",
                "--width",
                "0.03",
                "--labels",
                data + "/street/labels.json",
                "--output",
                data + "/model");
        s3 = new S3Server(shared.resolve("s3"));
        s3.put(data);
        client = s3.client();
        proxy = new FaultyProxy(s3.port());
        cluster = new StandaloneCluster(Files.createDirectory(shared.resolve("spark")), SPARK_JARS, 2);
        for (String setting : S3Server.settings(proxy.port())) {
            property(setting.substring(0, setting.indexOf('=')), setting.substring(setting.indexOf('=') + 1));
        }
        property("spark.hadoop.fs.s3a.access.key", S3Server.ACCESS_KEY);
        property("spark.hadoop.fs.s3a.secret.key", S3Server.SECRET_KEY);
        for (String setting : catalog()) {
            property(setting.substring(0, setting.indexOf('=')), setting.substring(setting.indexOf('=') + 1));
        }
        Path output = shared.resolve("undisturbed");
        fcn(label(data.toString(), output.toString()).toArray(String[]::new));
        undisturbed = LabelledOutput.read(output);
        assertThat(undisturbed.images()).isEqualTo(IMAGES);
    }

    private static void property(String key, String value) {
        PROPERTIES.put(key, System.getProperty(key));
        System.setProperty(key, value);
    }

    @AfterAll
    static void stop() throws IOException {
        PROPERTIES.forEach((key, value) -> {
            if (value == null) {
                System.clearProperty(key);
            } else {
                System.setProperty(key, value);
            }
        });
        if (cluster != null) {
            cluster.close();
        }
        if (proxy != null) {
            proxy.close();
        }
        if (s3 != null) {
            s3.close();
        }
    }

    @AfterEach
    void calm() {
        proxy.calm();
    }

    // Faults within a run, which goes on

    @Test
    void anExecutorIsKilledInMidWave() throws IOException, InterruptedException {
        Gate gate = proxy.follow(new Gate(10, FaultsIT::readsAnImage));
        Driver driver = begin("executor-killed");
        gate.await();
        cluster.killAnExecutor();
        gate.open(Treatment.PASS);
        assertDone(driver.await());
        assertExactlyOnce("executor killed in mid-wave", "executor-killed", IMAGES);
    }

    @Test
    @Tag("slow-fault")
    void aWorkerDisappears() throws IOException, InterruptedException {
        Gate gate = proxy.follow(new Gate(30, FaultsIT::readsAnImage));
        Driver driver = begin("worker-lost");
        gate.await();
        cluster.killAWorker();
        gate.open(Treatment.PASS);
        try {
            assertDone(driver.await());
        } finally {
            cluster.addWorker();
        }
        assertExactlyOnce("worker and executor killed in the second wave", "worker-lost", IMAGES);
    }

    @Test
    @Tag("slow-fault")
    void aTaskFailsAndIsTriedAgain() throws IOException, InterruptedException {
        AtomicInteger denied = new AtomicInteger();
        proxy.follow(request -> request.method().equals("PUT")
                        && request.target().contains("partNumber=")
                        && denied.getAndIncrement() % 5 == 2
                ? Treatment.DENY
                : Treatment.PASS);
        Submission submission = begin("task-failed").await();
        proxy.calm();
        assertThat(denied.get()).isGreaterThan(2);
        assertDone(submission);
        assertThat(submission.log()).contains("Lost task");
        assertExactlyOnce("tasks fail and are tried again", "task-failed", IMAGES);
    }

    /** The two attempts of a task read the last image at the same time, and race to their commit. */
    @Test
    @Tag("slow-fault")
    void aStragglerHasADuplicate() throws IOException, InterruptedException {
        CountDownLatch second = new CountDownLatch(2);
        proxy.follow(request -> {
            if (request.isGetOf("/street/images/scene_000007.jpg")) {
                second.countDown();
                await(second);
            }
            return Treatment.PASS;
        });
        Driver driver = begin(
                "speculation",
                "spark.speculation=true",
                "spark.speculation.interval=100ms",
                "spark.speculation.multiplier=1.1",
                "spark.speculation.quantile=0.5",
                "spark.speculation.minTaskRuntime=200ms");
        Submission submission = driver.await();
        assertDone(submission);
        assertThat(second.getCount())
                .as("attempts that have not read the image")
                .isZero();
        assertThat(submission.log()).contains("as speculatable");
        assertExactlyOnce("two attempts of a task at once", "speculation", IMAGES);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    @Tag("slow-fault")
    void theStorageIsUnwellForAWhile() throws IOException, InterruptedException {
        Storm storm = proxy.follow(new Storm(20260131, 0.3, 120));
        Driver driver = begin("storm", "spark.hadoop.fs.s3a.connection.timeout=3000");
        Submission submission = driver.await();
        proxy.calm();
        // An image that was not given in three readings is left to the next run, and told by an exit code of its own.
        // And this server forgets an upload that it has completed: where nobody heard of that, asking again, which S3
        // answers as before, fails.
        if (!submission.log().contains("NoSuchUpload")) {
            assertThat(submission.exitCode()).as(submission.log()).isIn(ExitCode.DONE, ExitCode.OVER_REJECT_RATE);
        }
        assertThat(storm.dealt())
                .containsKeys(
                        Treatment.INTERNAL_ERROR,
                        Treatment.SLOW_DOWN,
                        Treatment.RESET,
                        Treatment.CUT_ANSWER,
                        Treatment.LOSE_ANSWER);
        assertExactlyOnce("storage unwell (%s)".formatted(storm), "storm", IMAGES / 2, IMAGES);
    }

    /** S3 does what it is told, but nobody hears of it. */
    @Test
    @Tag("slow-fault")
    void theAnswerToACommitIsLost() throws IOException, InterruptedException {
        AtomicInteger commits = new AtomicInteger();
        proxy.follow(request -> request.completesUpload() && commits.getAndIncrement() == FILES_OF_A_WAVE + 2
                ? Treatment.LOSE_ANSWER
                : Treatment.PASS);
        Submission submission = begin("answer-lost").await();
        proxy.calm();
        assertThat(submission.exitCode()).as(submission.log()).isIn(ExitCode.DONE, ExitCode.BAD_INPUT);
        assertThat(submission.log()).doesNotContain("internal error");
        assertExactlyOnce("answer to a commit lost, exit " + submission.exitCode(), "answer-lost", 10, IMAGES);
    }

    @Test
    @Tag("slow-fault")
    void theStorageIsAwayForLong() throws IOException, InterruptedException {
        AtomicInteger commits = new AtomicInteger();
        proxy.follow(request -> {
            if (request.completesUpload()) {
                commits.incrementAndGet();
            }
            return commits.get() > FILES_OF_A_WAVE + 2 ? Treatment.SLOW_DOWN : Treatment.PASS;
        });
        Submission submission = begin(
                        "storage-away",
                        "spark.hadoop.fs.s3a.attempts.maximum=2",
                        "spark.hadoop.fs.s3a.retry.limit=2",
                        "spark.hadoop.fs.s3a.retry.throttle.limit=2")
                .await();
        proxy.calm();
        assertThat(submission.exitCode()).as(submission.log()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(submission.log()).doesNotContain("internal error");
        assertExactlyOnce("storage away from within a commit on", "storage-away", 10, IMAGES);
    }

    // Faults that end a run

    @ParameterizedTest
    @CsvSource({"before a commit, 6", "within a commit, 8"})
    @Tag("slow-fault")
    void theDriverIsKilledAtACommit(String instant, int filesCommitted) throws IOException, InterruptedException {
        theDriverIsKilled(instant, new Gate(filesCommitted, Request::completesUpload), filesCommitted * 2);
    }

    @Test
    @Tag("slow-fault")
    void theDriverIsKilledAfterACommit() throws IOException, InterruptedException {
        theDriverIsKilled("after a commit", new Gate(1, FaultsIT::writesSuccess), IMAGES);
    }

    private void theDriverIsKilled(String instant, Gate gate, int atLeast) throws IOException, InterruptedException {
        String output = "driver-killed-" + instant.replace(' ', '-');
        proxy.follow(gate);
        Driver driver = begin(output);
        gate.await();
        driver.kill();
        gate.open(Treatment.RESET);
        assertExactlyOnce("driver killed " + instant, output, atLeast, IMAGES);
    }

    @ParameterizedTest
    @CsvSource({"before a commit, rename, 6", "within a commit, rename, 8", "after a commit, success, 1"})
    @Tag("slow-fault")
    void theDriverIsKilledAtACommitOfRenames(String instant, String step, int letThrough)
            throws IOException, InterruptedException {
        Path output = folder.resolve("output");
        List<String> options = options();
        options.addAll(held(step, letThrough));
        List<String> label = label(shared.resolve("data").toString(), output.toString());
        Driver driver = cluster.begin(JAR, Map.of(), options, label);
        awaitHeld(driver);
        driver.kill();
        LabelledOutput before = LabelledOutput.read(output);
        Submission again = cluster.submit(JAR, options(), label);
        assertDone(again);
        LabelledOutput after = LabelledOutput.read(output);
        line("driver killed %s, local file system".formatted(instant), before, 0, after, 0);
        assertThat(before.rows()).isEqualTo(before.images()).isPositive();
        assertThat(before.strangers()).isEmpty();
        assertComplete(after);
    }

    private List<String> held(String step, int letThrough) {
        String classes = Path.of(HeldCommits.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .getPath())
                .toString();
        List<String> options = new ArrayList<>(List.of("--driver-class-path", classes));
        options.addAll(conf(
                "spark.executor.extraClassPath=" + classes,
                "spark.hadoop.fs.file.impl=" + HeldCommits.class.getName(),
                "spark.hadoop." + HeldCommits.REACHED + "=" + folder.resolve("reached"),
                "spark.hadoop." + HeldCommits.UNTIL + "=" + folder.resolve("until"),
                "spark.hadoop." + HeldCommits.KIND + "=" + step,
                "spark.hadoop." + HeldCommits.LET_THROUGH + "=" + letThrough));
        return options;
    }

    private void awaitHeld(Driver driver) throws IOException, InterruptedException {
        Instant deadline = Instant.now().plus(PATIENCE);
        while (!Files.exists(folder.resolve("reached"))) {
            assertThat(Instant.now()).as(driver.log()).isBefore(deadline);
            Thread.sleep(50);
        }
    }

    @Test
    void theDriverIsAskedToEnd() throws IOException, InterruptedException {
        Gate gate = proxy.follow(new Gate(WAVE + 10, FaultsIT::readsAnImage));
        Driver driver = begin("terminated");
        gate.await();
        driver.terminate();
        Submission submission = driver.await();
        gate.open(Treatment.RESET);
        assertThat(submission.exitCode()).as(submission.log()).isEqualTo(143);
        assertThat(submission.log())
                .contains("fcn: interrupted by a signal. What is committed stays; run the same again")
                // Traces there are in Spark's own log, of the job that it cancels.
                .doesNotContain("internal error", "Exception in thread");
        assertThat(keys("terminated/_runs/"))
                .as("claims that were not given back")
                .isEmpty();
        assertExactlyOnce("driver gets SIGTERM in the second wave", "terminated", 10, IMAGES);
    }

    @Test
    @Tag("slow-fault")
    void ofTwoRunsTheSecondIsRefused() throws IOException, InterruptedException {
        Gate gate = proxy.follow(new Gate(10, FaultsIT::readsAnImage));
        Driver driver = begin("two-runs");
        gate.await();
        StringWriter err = new StringWriter();
        int code = Fcn.run(
                new PrintWriter(new StringWriter()),
                new PrintWriter(err),
                label("s3a://" + BUCKET, uri("two-runs")).toArray(String[]::new));
        assertThat(code).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString()).contains("is writing to output " + uri("two-runs"), "Wait for its end");
        gate.open(Treatment.PASS);
        assertDone(driver.await());
        assertExactlyOnce("two runs at once", "two-runs", IMAGES);
    }

    // Faults in which a run is stopped, another run does everything, and the first one goes on

    /** Where a stopped run writes. */
    private enum Place {
        S3,
        LOCAL,
        ICEBERG
    }

    @Test
    void theDriverIsStoppedInMidWave() throws IOException, InterruptedException {
        theDriverIsStoppedInMidWave(Place.LOCAL);
    }

    @ParameterizedTest
    @EnumSource(names = {"S3", "ICEBERG"})
    @Tag("slow-fault")
    void theDriverIsStoppedInMidWave(Place place) throws IOException, InterruptedException {
        Gate gate = proxy.follow(new Gate(10, FaultsIT::readsAnImage));
        String output = output(place, "stopped-in-mid-wave");
        Driver driver = begin(place, output, List.of());
        gate.await();
        driver.stop();
        gate.open(Treatment.PASS);
        LabelledOutput second = secondRun(place, output);
        driver.resume();
        assertTakenOver("driver stopped in mid-wave", place, output, driver, second);
    }

    /** It has seen that its output is its own, and does not know of the time since. */
    @ParameterizedTest
    @EnumSource
    @Tag("slow-fault")
    void theDriverIsStoppedWithinACommit(Place place) throws IOException, InterruptedException {
        String output = output(place, "stopped-within-a-commit");
        Driver driver;
        Gate gate = new Gate(3, Request::completesUpload);
        if (place == Place.S3) {
            proxy.follow(gate);
            driver = begin(place, output, List.of());
            gate.await();
        } else {
            driver = begin(place, output, place == Place.LOCAL ? held("rename", 3) : held("metadata", 2));
            awaitHeld(driver);
        }
        driver.stop();
        proxy.calm();
        LabelledOutput second = secondRun(place, output);
        driver.resume();
        gate.open(Treatment.PASS);
        Files.createFile(folder.resolve("until"));
        assertTakenOver("driver stopped within a commit", place, output, driver, second);
    }

    private String output(Place place, String name) {
        return switch (place) {
            case S3 -> uri(name);
            case LOCAL -> folder.resolve("output").toString();
            case ICEBERG -> "lake.street." + name.replace('-', '_');
        };
    }

    private static List<String> catalog() {
        return List.of(
                "spark.sql.catalog.lake=org.apache.iceberg.spark.SparkCatalog",
                "spark.sql.catalog.lake.type=hadoop",
                "spark.sql.catalog.lake.warehouse="
                        + shared.resolve("warehouse").toUri());
    }

    private Driver begin(Place place, String output, List<String> more) throws IOException {
        List<String> options = options();
        options.addAll(conf(S3Server.settings(proxy.port()).toArray(String[]::new)));
        if (place == Place.ICEBERG) {
            options.addAll(conf(catalog().toArray(String[]::new)));
            String jar = SparkCatalog.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .getPath();
            options.addAll(List.of("--jars", jar));
        }
        options.addAll(more);
        return cluster.begin(JAR, S3Server.environment(), options, label("s3a://" + BUCKET, output));
    }

    /** Takes over, labels everything that is left, and comes to its end. */
    private LabelledOutput secondRun(Place place, String output) throws IOException {
        fcn(label("s3a://" + BUCKET, output).toArray(String[]::new));
        LabelledOutput labelled = read(place, output);
        assertThat(labelled.rows()).isEqualTo(IMAGES);
        assertThat(labelled.images()).isEqualTo(IMAGES);
        return labelled;
    }

    private void assertTakenOver(String fault, Place place, String output, Driver driver, LabelledOutput second)
            throws IOException, InterruptedException {
        Submission first = driver.await();
        LabelledOutput after = read(place, output);
        line("%s, %s".formatted(fault, place.name().toLowerCase(Locale.ROOT)), second, 0, after, 0);
        assertThat(first.exitCode()).as(first.log()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(first.log())
                .contains("another run has taken over output", "the other run does the rest")
                .doesNotContain("internal error");
        assertThat(after.rows()).isEqualTo(IMAGES);
        assertThat(after.images()).isEqualTo(IMAGES);
        assertThat(after.equalMasks(undisturbed)).isEqualTo(IMAGES);
        assertThat(after.strangers()).isEmpty();
        if (place == Place.S3) {
            assertThat(keys("%s/_runs/".formatted(output.substring(uri("").length()))))
                    .isEmpty();
        }
    }

    private LabelledOutput read(Place place, String output) throws IOException {
        return switch (place) {
            case S3 -> download(output.substring(uri("").length()));
            case LOCAL -> LabelledOutput.read(Path.of(output));
            case ICEBERG -> table(output);
        };
    }

    private static LabelledOutput table(String name) {
        try (SparkSession spark = SparkSession.builder()
                .master("local[1]")
                .config("spark.ui.enabled", false)
                .getOrCreate()) {
            Map<String, List<byte[]>> masks = new TreeMap<>();
            for (Row row : spark.table(name).select("image", "mask").collectAsList()) {
                String image = row.getString(0);
                masks.computeIfAbsent(image.substring(image.lastIndexOf('/') + 1), key -> new ArrayList<>())
                        .add(row.<byte[]>getAs(1));
            }
            return new LabelledOutput(masks, List.of(), List.of());
        }
    }

    // What all have in common

    private static boolean readsAnImage(Request request) {
        return request.isGetOf("/street/images/scene_");
    }

    private static boolean writesSuccess(Request request) {
        return request.method().equals("PUT") && request.target().contains("/masks/_SUCCESS");
    }

    private static List<String> label(String data, String output) {
        return List.of(
                "label",
                "--input",
                data + "/street/images",
                "--model",
                data + "/model",
                "--output",
                output,
                "--wave-images",
                "" + WAVE,
                "--max-reject-rate",
                "0");
    }

    private static List<String> options() {
        List<String> options = new ArrayList<>(List.of("--executor-memory", "600m"));
        options.addAll(conf(
                "spark.ui.enabled=false",
                "spark.sql.shuffle.partitions=4",
                "spark.executor.extraJavaOptions=" + String.join(" ", StandaloneCluster.QUICK_START)));
        return options;
    }

    private static List<String> conf(String... settings) {
        List<String> options = new ArrayList<>();
        for (String setting : settings) {
            options.addAll(List.of("--conf", setting));
        }
        return options;
    }

    /** Begins to label on the cluster, from S3 to S3. */
    private Driver begin(String output, String... settings) throws IOException {
        List<String> options = options();
        options.addAll(conf(S3Server.settings(proxy.port()).toArray(String[]::new)));
        options.addAll(conf(settings));
        return cluster.begin(JAR, S3Server.environment(), options, label("s3a://" + BUCKET, uri(output)));
    }

    private static void assertDone(Submission submission) {
        assertThat(submission.exitCode()).as(submission.log()).isZero();
    }

    private void assertExactlyOnce(String fault, String output, int rows) throws IOException {
        assertExactlyOnce(fault, output, rows, rows);
    }

    /** Looks at what the fault left, runs again, and looks at that. */
    private void assertExactlyOnce(String fault, String output, int leastRows, int mostRows) throws IOException {
        proxy.calm();
        LabelledOutput before = download(output);
        int uploadsBefore = uploads(output);
        fcn(label("s3a://" + BUCKET, uri(output)).toArray(String[]::new));
        LabelledOutput after = download(output);
        int uploadsAfter = uploads(output);
        line(fault, before, uploadsBefore, after, uploadsAfter);
        assertThat(before.rows()).isEqualTo(before.images()).isBetween(leastRows, mostRows);
        assertThat(before.equalMasks(undisturbed)).isEqualTo(before.images());
        assertThat(before.strangers()).isEmpty();
        assertComplete(after);
        assertThat(uploadsAfter).as("uploads that nobody ends").isZero();
        assertThat(keys(output + "/_runs/")).isEmpty();
    }

    private static void assertComplete(LabelledOutput output) {
        assertThat(output.rows()).isEqualTo(IMAGES);
        assertThat(output.images()).isEqualTo(IMAGES);
        assertThat(output.equalMasks(undisturbed)).isEqualTo(IMAGES);
        assertThat(output.strangers()).isEmpty();
        assertThat(output.unfinished()).isEmpty();
    }

    private static void line(
            String fault, LabelledOutput before, int uploadsBefore, LabelledOutput after, int uploadsAfter) {
        System.out.printf(
                "fault: %s | before: %d rows, %d images, %d files and %d uploads unfinished"
                        + " | after: %d rows, %d images, %d equal masks, %d files and %d uploads unfinished%n",
                fault,
                before.rows(),
                before.images(),
                before.unfinished().size(),
                uploadsBefore,
                after.rows(),
                after.images(),
                after.equalMasks(undisturbed),
                after.unfinished().size(),
                uploadsAfter);
    }

    private static int uploads(String output) {
        return client.listMultipartUploads(new ListMultipartUploadsRequest(BUCKET).withPrefix(output + "/"))
                .getMultipartUploads()
                .size();
    }

    private static List<String> keys(String prefix) {
        return client.listObjectsV2(BUCKET, prefix).getObjectSummaries().stream()
                .map(S3ObjectSummary::getKey)
                // What stands for an empty folder.
                .filter(key -> !key.endsWith("/"))
                .toList();
    }

    private LabelledOutput download(String output) throws IOException {
        Path copy = Files.createTempDirectory(folder, "copy");
        for (String key : keys(output + "/")) {
            Path file = copy.resolve(key);
            Files.createDirectories(file.getParent());
            client.getObject(new GetObjectRequest(BUCKET, key), file.toFile());
        }
        return LabelledOutput.read(copy.resolve(output));
    }

    private static void fcn(String... arguments) {
        StringWriter err = new StringWriter();
        int code = Fcn.run(new PrintWriter(new StringWriter()), new PrintWriter(err), arguments);
        assertThat(code).as(err.toString()).isZero();
    }
}
