package io.fcnspark.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class WorkersTest {
    private final Thread caller = Thread.currentThread();

    @Test
    void everyPieceIsDoneOnce() {
        AtomicIntegerArray done = new AtomicIntegerArray(1000);
        try (Workers workers = new Workers(4)) {
            workers.forEach(done.length(), done::incrementAndGet);
        }
        for (int i = 0; i < done.length(); i++) {
            assertThat(done.get(i)).isEqualTo(1);
        }
    }

    /** The helper's piece ends a while after the caller's has failed: whoever called must not go on before. */
    @Test
    void aFailureOfTheCallersPieceWaitsForTheHelpers() {
        CountDownLatch helping = new CountDownLatch(1);
        CountDownLatch failing = new CountDownLatch(1);
        AtomicBoolean ended = new AtomicBoolean();
        try (Workers workers = new Workers(2)) {
            assertThatThrownBy(() -> workers.forEach(2, piece -> {
                        if (Thread.currentThread() == caller) {
                            await(helping);
                            failing.countDown();
                            throw new IllegalStateException("piece");
                        }
                        helping.countDown();
                        await(failing);
                        sleep(200);
                        ended.set(true);
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("piece");
            assertThat(ended).isTrue();
        }
    }

    @Test
    void aFailureOfAHelpersPieceIsThrownAsItIs() {
        CountDownLatch failed = new CountDownLatch(1);
        try (Workers workers = new Workers(2)) {
            assertThatThrownBy(() -> workers.forEach(2, piece -> {
                        if (Thread.currentThread() == caller) {
                            await(failed);
                            return;
                        }
                        failed.countDown();
                        throw new OutOfMemoryError("piece");
                    }))
                    .isInstanceOf(OutOfMemoryError.class)
                    .hasMessage("piece");
        }
    }

    @Test
    void afterAFailureNoFurtherPieceIsBegun() {
        AtomicInteger begun = new AtomicInteger();
        try (Workers workers = new Workers(1)) {
            assertThatThrownBy(() -> workers.forEach(100, piece -> {
                        begun.incrementAndGet();
                        throw new IllegalStateException("piece " + piece);
                    }))
                    .hasMessage("piece 0");
        }
        assertThat(begun).hasValue(1);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
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
