package io.fcnspark.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class DistanceTransformTest {
    @Property(tries = 300)
    void everyDistanceIsThatToTheNearestPixel(
            @ForAll @IntRange(min = 1, max = 24) int width,
            @ForAll @IntRange(min = 1, max = 24) int height,
            @ForAll @DoubleRange(min = 0, max = 0.3) double density,
            @ForAll long seed) {
        boolean[] set = new boolean[width * height];
        Random random = new Random(seed);
        for (int i = 0; i < set.length; i++) {
            set[i] = random.nextDouble() < density;
        }
        int[] expected = new int[set.length];
        for (int i = 0; i < set.length; i++) {
            expected[i] = DistanceTransform.INFINITE;
            for (int j = 0; j < set.length; j++) {
                if (set[j]) {
                    int dx = i % width - j % width;
                    int dy = i / width - j / width;
                    expected[i] = Math.min(expected[i], dx * dx + dy * dy);
                }
            }
        }
        assertThat(DistanceTransform.squared(width, height, set)).containsExactly(expected);
    }

    @Test
    void longRastersDoNotOverflow() {
        int width = 32_000;
        int height = 1000;
        boolean[] set = new boolean[width * height];
        set[0] = true;
        assertThat(DistanceTransform.squared(width, height, set)[width * height - 1])
                .isEqualTo((width - 1) * (width - 1) + (height - 1) * (height - 1));
        int longest = 1 << 20;
        boolean[] line = new boolean[longest];
        line[0] = true;
        assertThat(DistanceTransform.squared(longest, 1, line))
                .endsWith(DistanceTransform.INFINITE, DistanceTransform.INFINITE);
        assertThat(DistanceTransform.squared(longest, 1, line)[20_000]).isEqualTo(400_000_000);
    }
}
