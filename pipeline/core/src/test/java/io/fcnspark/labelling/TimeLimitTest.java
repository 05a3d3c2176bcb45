package io.fcnspark.labelling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fcnspark.image.ImageException;
import io.fcnspark.image.ImageException.Code;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TimeLimitTest {
    private static final Duration SHORT = Duration.ofMillis(50);
    private static final Duration LONG = Duration.ofSeconds(20);

    @Test
    void aStepThatNeverEndsKeepsNobody() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        try (TimeLimit limit = new TimeLimit()) {
            for (int i = 0; i < 5; i++) {
                assertThatThrownBy(() -> limit.within(SHORT, () -> {
                            while (!stop.get()) {
                                Thread.onSpinWait();
                            }
                            return 1;
                        }))
                        .asInstanceOf(InstanceOfAssertFactories.type(ImageException.class))
                        .extracting(ImageException::code)
                        .isEqualTo(Code.TIMEOUT);
            }
            assertThat(limit.within(LONG, () -> 7)).isEqualTo(7);
        } finally {
            stop.set(true);
        }
    }

    @Test
    void aStepThatTakesTooLongIsInterrupted() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        try (TimeLimit limit = new TimeLimit()) {
            assertThatThrownBy(() -> limit.within(SHORT, () -> {
                        try {
                            Thread.sleep(LONG.toMillis());
                        } catch (InterruptedException e) {
                            interrupted.countDown();
                        }
                        return 1;
                    }))
                    .isInstanceOf(ImageException.class);
            assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void whatAStepThrowsComesOut() {
        ImageException bad = new ImageException(Code.UNSUPPORTED, "no");
        IllegalStateException fault = new IllegalStateException("ours");
        try (TimeLimit limit = new TimeLimit()) {
            assertThatThrownBy(() -> limit.within(LONG, () -> {
                        throw bad;
                    }))
                    .isSameAs(bad);
            assertThatThrownBy(() -> limit.within(LONG, () -> {
                        throw fault;
                    }))
                    .hasRootCause(fault);
        }
    }
}
