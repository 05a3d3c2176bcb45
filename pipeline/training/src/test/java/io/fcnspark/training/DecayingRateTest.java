package io.fcnspark.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class DecayingRateTest {
    @Test
    void decaysToTheLastStep() {
        DecayingRate rate = new DecayingRate(0.1, 0.9, 100);
        assertThat(rate.valueAt(0, 7)).isEqualTo(0.1);
        assertThat(rate.valueAt(50, 0)).isCloseTo(0.1 * Math.pow(0.5, 0.9), within(1e-12));
        assertThat(rate.valueAt(99, 0)).isPositive();
        assertThat(rate.valueAt(1000, 0)).isEqualTo(rate.valueAt(99, 0));
    }

    @Test
    void isConstantWithPowerZero() {
        DecayingRate rate = new DecayingRate(0.1, 0, 100);
        assertThat(rate.valueAt(0, 0)).isEqualTo(0.1);
        assertThat(rate.valueAt(99, 0)).isEqualTo(0.1);
    }
}
