package io.fcnspark.spark.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fcnspark.errors.OutputException;
import io.fcnspark.spark.storage.OutputLease.Origin;
import io.fcnspark.spark.storage.OutputLease.Pace;
import io.fcnspark.spark.storage.OutputLease.Waiting;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.Progressable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class OutputLeaseTest {
    private static final Pace FAST = new Pace(Duration.ofMillis(200), Duration.ofSeconds(2));

    /** Nobody gives a sign of life but who is told to. */
    private static final Pace BY_HAND = new Pace(Duration.ofHours(1), Duration.ofHours(6));

    @TempDir
    private Path output;

    private OutputLease acquire(String runId) {
        return OutputLease.acquire(new Configuration(), output.toString(), runId, FAST, OutputLease::sleep);
    }

    @Test
    void whoComesSecondIsToldWhoWasFirst() {
        try (OutputLease first = acquire("night-1")) {
            assertThat(first.origin()).isEqualTo(Origin.FREE);
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> acquire("night-2"))
                        .isInstanceOf(OutputException.class)
                        .hasMessageContaining("run night-1 of " + System.getProperty("user.name"))
                        .hasMessageContaining(
                                "process " + ProcessHandle.current().pid())
                        .hasMessageContaining(output.toString());
            }
            first.requireHeld();
        }
        acquire("night-2").close();
    }

    @Test
    void aClaimThatDoesNotStirIsTakenOver() throws IOException {
        Path runs = Files.createDirectories(output.resolve(OutputLease.FOLDER));
        for (String name : List.of("0", "ffffffff")) {
            Files.writeString(runs.resolve(name + ".json"), "{\"run_id\":\"killed\"}");
        }
        try (OutputLease lease = acquire("next")) {
            assertThat(lease.origin()).isEqualTo(Origin.TAKEN_OVER);
            lease.requireHeld();
        }
        try (Stream<Path> left = Files.list(runs)) {
            assertThat(left.filter(file -> file.toString().endsWith(".json"))).isEmpty();
        }
    }

    @Test
    void whoeverLostItMayNotCommit() throws IOException {
        try (OutputLease lease = acquire("slept")) {
            try (Stream<Path> claims = Files.list(output.resolve(OutputLease.FOLDER))) {
                for (Path claim : claims.toList()) {
                    Files.delete(claim);
                }
            }
            assertThatThrownBy(lease::requireHeld)
                    .isInstanceOf(OutputException.class)
                    .hasMessageContaining("taken over");
        }
    }

    @Test
    void ofManyAtOnceNoTwoHoldIt() throws Exception {
        AtomicInteger holders = new AtomicInteger();
        AtomicInteger successes = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        List<Callable<Void>> runs = IntStream.range(0, 8)
                .<Callable<Void>>mapToObj(i -> () -> {
                    try (OutputLease lease = acquire("run" + i)) {
                        assertThat(holders.incrementAndGet()).isEqualTo(1);
                        lease.requireHeld();
                        Thread.sleep(1500);
                        successes.incrementAndGet();
                        holders.decrementAndGet();
                    } catch (OutputException e) {
                        assertThat(e).hasMessageContaining("is writing to output");
                    }
                    return null;
                })
                .toList();
        for (Future<Void> run : threads.invokeAll(runs)) {
            run.get();
        }
        threads.shutdown();
        assertThat(successes.get()).isPositive();
    }

    // A clock that stands still: what happens while a run waits is what a test says.

    private OutputLease acquire(String runId, Waiting waiting) {
        return OutputLease.acquire(configuration(), "hooked:" + output, runId, BY_HAND, waiting);
    }

    private static Configuration configuration() {
        Configuration configuration = new Configuration();
        configuration.setClass("fs.hooked.impl", HookedFileSystem.class, FileSystem.class);
        return configuration;
    }

    private static void dead(Duration look) {}

    private static Waiting alive(OutputLease lease) {
        return look -> {
            OutputLease.sleep(Duration.ofMillis(20));
            lease.beat();
        };
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(output.resolve(OutputLease.FOLDER))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> !file.startsWith("."))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void aRunThatWasStoppedHasLostItAndNoticesWithItsFirstSignOfLife() throws IOException {
        AtomicInteger noticed = new AtomicInteger();
        try (OutputLease stopped = acquire("stopped", OutputLeaseTest::dead)) {
            stopped.whenLost(noticed::incrementAndGet);
            try (OutputLease next = acquire("next", OutputLeaseTest::dead)) {
                List<String> filesOfNext = files();
                assertThat(filesOfNext).hasSize(2);
                assertThat(next.origin()).isEqualTo(Origin.TAKEN_OVER);

                stopped.beat();
                stopped.beat();

                assertThat(noticed).hasValue(1);
                assertThat(stopped.isLost()).isTrue();
                assertThatThrownBy(stopped::requireHeld)
                        .isInstanceOf(OutputException.class)
                        .hasMessageContaining("another run has taken over output");
                next.beat();
                next.requireHeld();
                assertThat(files()).isEqualTo(filesOfNext);
            }
            assertThat(stopped.isLost()).as("when the other run is over").isTrue();
            assertThat(files()).isEmpty();
        }
    }

    @Test
    void aLateSignOfLifeGivesNobodyTheLeaseBack() throws IOException {
        try (OutputLease stopped = acquire("stopped", OutputLeaseTest::dead)) {
            String claim = files().get(1);
            assertThat(claim).endsWith(".json");
            byte[] content =
                    Files.readAllBytes(output.resolve(OutputLease.FOLDER).resolve(claim));
            try (OutputLease next = acquire("next", OutputLeaseTest::dead)) {
                Files.write(output.resolve(OutputLease.FOLDER).resolve(claim), content);

                assertThat(stopped.isLost()).isTrue();
                next.requireHeld();
                assertThatThrownBy(() -> acquire("third", alive(next))).hasMessageContaining("is writing to output");
                next.requireHeld();
            }
        }
    }

    @Test
    void aRunThatNobodyTookOverMaySleep() {
        try (OutputLease lease = acquire("alone", OutputLeaseTest::dead)) {
            lease.requireHeld();
            assertThatThrownBy(() -> acquire("second", alive(lease))).hasMessageContaining("run alone of");
            lease.requireHeld();
            assertThat(lease.isLost()).isFalse();
        }
    }

    /** It has seen that it is alone, and is stopped before it writes so. */
    @Test
    void aRunThatIsStoppedWhileItTakesTheLeaseDoesNotTakeItFromWhoHasIt() throws IOException {
        List<OutputLease> others = new ArrayList<>();
        HookedFileSystem.beforeTitle = () -> {
            HookedFileSystem.beforeTitle = () -> {};
            others.add(acquire("other", OutputLeaseTest::dead));
        };

        assertThatThrownBy(() -> acquire("stopped", look -> alive(others.get(0)).pause(look)))
                .isInstanceOf(OutputException.class)
                .hasMessageContaining("run other of");

        OutputLease other = others.get(0);
        assertThat(other.origin()).isEqualTo(Origin.TAKEN_OVER);
        other.requireHeld();
        assertThat(files()).hasSize(2);
        other.close();
        assertThat(files()).isEmpty();
    }

    /** The local file system, which does something else before a run writes that it has the lease. */
    public static final class HookedFileSystem extends RawLocalFileSystem {
        private static Runnable beforeTitle = () -> {};

        @Override
        public String getScheme() {
            return "hooked";
        }

        @Override
        public URI getUri() {
            return URI.create("hooked:///");
        }

        @Override
        public FSDataOutputStream create(
                org.apache.hadoop.fs.Path file,
                boolean overwrite,
                int bufferSize,
                short replication,
                long blockSize,
                Progressable progress)
                throws IOException {
            if (file.getName().endsWith(".held")) {
                beforeTitle.run();
            }
            return super.create(file, overwrite, bufferSize, replication, blockSize, progress);
        }
    }
}
