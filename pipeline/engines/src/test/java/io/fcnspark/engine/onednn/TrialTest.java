package io.fcnspark.engine.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.fcnspark.engine.Device;
import io.fcnspark.engine.Precision;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;

class TrialTest {
    /** Writes where nothing is. */
    static final class Crash {
        public static void main(String[] args) {
            Pointer.memset(new Address(1), 0, 64);
        }
    }

    static final class Failure {
        public static void main(String[] args) {
            System.exit(7);
        }
    }

    /** Without it, the other tests of this engine would be skipped, and nobody would notice. */
    @Test
    void theTrialEndsWellOnLinux() {
        assumeThat(Loader.getPlatform())
                .as("natives of oneDNN are packed for this platform")
                .isEqualTo("linux-x86_64");
        assertThat(new OneDnnProvider().unavailable(Device.CPU, Precision.FP32)).isEmpty();
        assertThat(Trial.of(TrialRun.class)).isEmpty();
    }

    @Test
    void aNativeCrashIsAReasonAndNotTheEndOfThisProcess() {
        assertThat(Trial.of(Crash.class)).hasValueSatisfying(reason -> assertThat(reason)
                .contains("ended with status 1: its native code crashes on this processor"));
    }

    @Test
    void aFailureIsAReason() {
        assertThat(Trial.of(Failure.class))
                .hasValueSatisfying(reason -> assertThat(reason).contains("ended with status 7"));
    }
}
