package io.fcnspark.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class GaussianStreamTest {
    /** Computed from the published algorithms in another language. */
    @Test
    void knownNumbers() {
        GaussianStream numbers = new GaussianStream(0);
        for (double expected : new double[] {
            -0.1747096474869827,
            0.6460932935686279,
            2.1436169685886486,
            -2.3612932230475576,
            0.3776725460783518,
            1.1624428832482403
        }) {
            assertThat(numbers.next()).isCloseTo(expected, within(1e-14));
        }
        assertThat(GaussianStream.seed(2015, "conv1_1.weight"))
                .isEqualTo(Long.parseUnsignedLong("15462280313778709890"));
    }

    @Test
    void momentsAreThoseOfTheNormalDistribution() {
        GaussianStream numbers = new GaussianStream(7);
        int count = 1_000_000;
        double[] moments = new double[5];
        int beyondTwo = 0;
        for (int i = 0; i < count; i++) {
            double x = numbers.next();
            for (int power = 1; power < moments.length; power++) {
                moments[power] += Math.pow(x, power) / count;
            }
            beyondTwo += Math.abs(x) > 2 ? 1 : 0;
        }
        // Five standard errors: the variances of the four powers are 1, 2, 15 and 96.
        double error = 5 / Math.sqrt(count);
        assertThat(moments[1]).isCloseTo(0, within(error));
        assertThat(moments[2]).isCloseTo(1, within(error * Math.sqrt(2)));
        assertThat(moments[3]).isCloseTo(0, within(error * Math.sqrt(15)));
        assertThat(moments[4]).isCloseTo(3, within(error * Math.sqrt(96)));
        assertThat(beyondTwo / (double) count).isCloseTo(0.0455, within(0.0011));
    }
}
