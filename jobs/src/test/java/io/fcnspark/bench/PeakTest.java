package io.fcnspark.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.fcnspark.bench.BenchReport.Peak;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class PeakTest {
    private static Peak ofRounds(double... gflops) {
        return DoubleStream.of(gflops)
                .mapToObj(rate -> new Peak(rate, rate))
                .reduce(Peak::and)
                .orElseThrow();
    }

    @Test
    void theBestRoundIsThePeak() {
        assertThat(ofRounds(2700, 2800, 2650)).isEqualTo(new Peak(2800, 2650));
    }

    @Test
    void aMachineThatSlowsDownIsNotSteady() {
        assertThat(ofRounds(2700, 2800, 2650).isSteady()).isTrue();
        assertThat(ofRounds(900, 2800, 2650).isSteady()).isFalse();
    }
}
