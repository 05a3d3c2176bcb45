package io.fcnspark.labelling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fcnspark.labelling.ReadAhead.Limits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ReadAheadTest {
    private static Iterator<Integer> numbers(int count) {
        return IntStream.range(0, count).boxed().iterator();
    }

    @Test
    void keepsTheOrderWhateverFinishesFirst() {
        try (ReadAhead<Integer, Integer, Integer> ahead = new ReadAhead<>(
                numbers(200),
                Function.identity(),
                n -> {
                    sleep(n % 3);
                    return n * 10;
                },
                n -> 1,
                new Limits(4, 4, 16, 1_000))) {
            List<Integer> results = new ArrayList<>();
            ahead.forEachRemaining(results::add);
            assertThat(results)
                    .containsExactlyElementsOf(
                            IntStream.range(0, 200).mapToObj(n -> n * 10).toList());
        }
    }

    @Test
    void runsAheadOfItsReader() throws InterruptedException {
        CountDownLatch eight = new CountDownLatch(8);
        try (ReadAhead<Integer, Integer, Integer> ahead = new ReadAhead<>(
                numbers(100),
                Function.identity(),
                n -> {
                    eight.countDown();
                    return n;
                },
                n -> 1,
                new Limits(2, 2, 8, 1_000))) {
            assertThat(ahead.hasNext()).isTrue();
            assertThat(eight.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void takesNoMoreFromItsSourceThanItsDepth() {
        AtomicInteger taken = new AtomicInteger();
        Iterator<Integer> source = IntStream.range(0, 1_000)
                .peek(n -> taken.incrementAndGet())
                .boxed()
                .iterator();
        try (ReadAhead<Integer, Integer, Integer> ahead =
                new ReadAhead<>(source, n -> n, n -> n, n -> 1, new Limits(2, 2, 8, 1_000))) {
            for (int read = 0; read < 100; read++) {
                ahead.next();
                // One more than the depth: a stream's iterator looks one element ahead.
                assertThat(taken.get()).isLessThanOrEqualTo(read + 1 + 8 + 1);
            }
        }
    }

    @Test
    void startsOnlyTheNextInLineWhileTheBudgetIsSpent() {
        AtomicInteger started = new AtomicInteger();
        try (ReadAhead<Integer, Integer, Integer> ahead = new ReadAhead<>(
                numbers(50),
                Function.identity(),
                n -> {
                    started.incrementAndGet();
                    return n;
                },
                n -> 100,
                new Limits(3, 3, 32, 250))) {
            assertThat(ahead.hasNext()).isTrue();
            // Three results exceed the budget; each of the other two threads may have been past the check already.
            await().during(Duration.ofMillis(100))
                    .atMost(Duration.ofSeconds(20))
                    .until(started::get, count -> count >= 3 && count <= 5);
            List<Integer> results = new ArrayList<>();
            ahead.forEachRemaining(results::add);
            assertThat(results).hasSize(50).isSorted();
        }
    }

    @Test
    void computesInFewerThreadsThanItFetchesIn() {
        AtomicInteger computing = new AtomicInteger();
        CountDownLatch fetching = new CountDownLatch(8);
        CountDownLatch release = new CountDownLatch(1);
        try (ReadAhead<Integer, Integer, Integer> ahead = new ReadAhead<>(
                numbers(50),
                n -> {
                    fetching.countDown();
                    // Passes only if eight are fetched at once.
                    assertThat(reached(fetching)).isTrue();
                    return n;
                },
                n -> {
                    computing.incrementAndGet();
                    assertThat(reached(release)).isTrue();
                    return n;
                },
                n -> 1,
                new Limits(8, 2, 16, 1_000))) {
            assertThat(ahead.hasNext()).isTrue();
            // None of the eight ends: two compute, and the next in line, which need not wait, if it is not one of them.
            await().during(Duration.ofMillis(100))
                    .atMost(Duration.ofSeconds(20))
                    .until(computing::get, count -> count >= 2 && count <= 3);
            release.countDown();
            List<Integer> results = new ArrayList<>();
            ahead.forEachRemaining(results::add);
            assertThat(results).hasSize(50).isSorted();
        }
    }

    @Test
    void closingWaitsForWhatRuns() {
        CountDownLatch started = new CountDownLatch(1);
        AtomicInteger finished = new AtomicInteger();
        ReadAhead<Integer, Integer, Integer> ahead = new ReadAhead<>(
                numbers(3),
                n -> n,
                n -> {
                    started.countDown();
                    long end = System.nanoTime() + 50_000_000;
                    while (System.nanoTime() < end) {
                        Thread.onSpinWait();
                    }
                    return finished.incrementAndGet();
                },
                n -> 1,
                new Limits(1, 1, 2, 1_000));
        assertThat(ahead.hasNext()).isTrue();
        assertThat(reached(started)).isTrue();
        ahead.closeAndWait();
        assertThat(finished.get()).isEqualTo(1);
    }

    @Test
    void anErrorOfTheFunctionReachesTheReader() {
        try (ReadAhead<Integer, Integer, Integer> ahead = new ReadAhead<>(
                numbers(3),
                Function.identity(),
                n -> {
                    throw new IllegalArgumentException("element " + n);
                },
                n -> 1,
                new Limits(2, 2, 8, 1_000))) {
            assertThatThrownBy(ahead::next)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("element 0");
        }
    }

    @Test
    void anEmptySourceHasNothing() {
        try (ReadAhead<Integer, Integer, Integer> ahead =
                new ReadAhead<>(numbers(0), n -> n, n -> n, n -> 1, new Limits(2, 2, 8, 1_000))) {
            assertThat(ahead.hasNext()).isFalse();
        }
    }

    private static boolean reached(CountDownLatch latch) {
        try {
            return latch.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void sleep(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
