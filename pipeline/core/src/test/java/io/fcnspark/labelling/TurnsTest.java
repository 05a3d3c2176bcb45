package io.fcnspark.labelling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TurnsTest {
    @Test
    void threadsThatReadAheadKeepTheOrderAndDoNotWaitForEver() {
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            Turns turns = new Turns();
            List<Integer> order = Collections.synchronizedList(new ArrayList<>());
            List<Integer> elements = IntStream.range(0, 500).boxed().toList();
            // Every third one needs no turn; a budget that is always spent lets one start at a time, most of the time.
            List<Long> taken = new ArrayList<>(Collections.nCopies(500, null));
            long budget = random.nextInt(5);
            List<Integer> results = new ArrayList<>();
            try (ReadAhead<Integer, Integer, Integer> ahead = new ReadAhead<>(
                    new MappedIterator<>(elements.iterator(), element -> {
                        if (element % 3 != 0) {
                            taken.set(element, turns.take());
                        }
                        return element;
                    }),
                    element -> read(turns, taken.get(element), element, order),
                    Function.identity(),
                    element -> element % 4,
                    new ReadAhead.Limits(4, 4, 16, budget))) {
                ahead.forEachRemaining(results::add);
            }
            assertThat(results).isEqualTo(elements);
            assertThat(order)
                    .isEqualTo(elements.stream()
                            .filter(element -> element % 3 != 0)
                            .toList());
        }
    }

    private static int read(Turns turns, Long turn, int element, List<Integer> order) {
        try {
            return turn == null
                    ? element
                    : turns.inTurn(turn, () -> {
                        order.add(element);
                        return element;
                    });
        } catch (InterruptedIOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aTurnThatFailsIsOverAllTheSame() throws InterruptedIOException {
        Turns turns = new Turns();
        long first = turns.take();
        long second = turns.take();
        assertThatThrownBy(() -> turns.inTurn(first, () -> {
                    throw new IllegalStateException("broken");
                }))
                .hasMessage("broken");
        assertThat(turns.inTurn(second, () -> "next")).isEqualTo("next");
    }
}
