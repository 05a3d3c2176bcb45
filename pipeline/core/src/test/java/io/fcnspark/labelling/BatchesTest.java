package io.fcnspark.labelling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class BatchesTest {
    @Property
    void everyElementComesOutOnceInABatchOfItsKey(
            @ForAll List<@IntRange(max = 1000) Integer> elements, @ForAll @IntRange(min = 1, max = 5) int size) {
        Batches<Integer, Integer> batches = new Batches<>(element -> element % 7, size);
        List<Integer> out = new ArrayList<>();
        for (int element : elements) {
            check(batches.add(element), size, out);
        }
        while (!batches.isEmpty()) {
            List<Integer> batch = batches.takeLargest();
            assertThat(batch).isNotEmpty();
            check(batch, size, out);
        }
        assertThat(out).containsExactlyInAnyOrderElementsOf(elements);
    }

    private static void check(List<Integer> batch, int size, List<Integer> out) {
        assertThat(batch).hasSizeLessThanOrEqualTo(size);
        assertThat(batch.stream().map(element -> element % 7).distinct()).hasSizeLessThanOrEqualTo(1);
        out.addAll(batch);
    }

    @Test
    void aFullBatchIsGivenOutAtOnce() {
        Batches<String, Integer> batches = new Batches<>(String::length, 2);
        assertThat(batches.add("a")).isEmpty();
        assertThat(batches.add("bb")).isEmpty();
        assertThat(batches.add("c")).containsExactly("a", "c");
        assertThat(batches.takeLargest()).containsExactly("bb");
        assertThat(batches.isEmpty()).isTrue();
    }

    @Test
    void noMoreThanFourBatchesWait() {
        Batches<Integer, Integer> batches = new Batches<>(element -> element, 2);
        int waiting = 0;
        for (int element = 0; element < 100; element++) {
            waiting += 1 - batches.add(element).size();
            assertThat(waiting).isLessThan(8);
        }
    }
}
