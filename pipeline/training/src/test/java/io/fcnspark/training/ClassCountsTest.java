package io.fcnspark.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.fcnspark.labels.Mask;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ClassCountsTest {
    private static final char IGNORE = (char) Mask.IGNORE;

    @Test
    void weightsByTheMedianOfFrequencies() {
        // Class 0: 6 of 8 pixels; class 1: 2 of 4, in the one image that has it; class 2: never.
        ClassFrequencies counts = ClassFrequencies.of(new Mask(4, 1, new char[] {0, 0, 1, 1}), 3)
                .plus(ClassFrequencies.of(new Mask(5, 1, new char[] {0, 0, 0, 0, IGNORE}), 3));
        assertThat(counts).isEqualTo(new ClassFrequencies(new long[] {6, 2, 0}, new long[] {8, 4, 0}));
        assertThat(counts.total()).isEqualTo(8);
        double median = (6 / 8.0 + 2 / 4.0) / 2;
        assertThat(counts.medianFrequencyWeights()).containsExactly(median / (6 / 8.0), median / (2 / 4.0), 1);
    }

    @Property
    void isACommutativeMonoid(
            @ForAll @Size(6) List<@LongRange(min = 0, max = 1L << 50) Long> a,
            @ForAll @Size(6) List<@LongRange(min = 0, max = 1L << 50) Long> b) {
        ClassFrequencies first = counts(a);
        ClassFrequencies second = counts(b);
        assertThat(first.plus(second)).isEqualTo(second.plus(first));
        assertThat(first.plus(ClassFrequencies.zero(3))).isEqualTo(first);
    }

    private static ClassFrequencies counts(List<Long> numbers) {
        return new ClassFrequencies(
                new long[] {numbers.get(0), numbers.get(1), numbers.get(2)},
                new long[] {numbers.get(3), numbers.get(4), numbers.get(5)});
    }
}
