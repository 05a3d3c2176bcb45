package io.fcnspark.spark.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fcnspark.errors.OutputException;
import io.fcnspark.spark.storage.OutputLease.Origin;
import io.fcnspark.spark.storage.OutputLease.Pace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class OutputLeaseTest {
    private static final Pace FAST = new Pace(Duration.ofMillis(200), Duration.ofSeconds(2));

    @TempDir
    private Path output;

    private OutputLease acquire(String runId) {
        return OutputLease.acquire(new Configuration(), output.toString(), runId, FAST);
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
}
