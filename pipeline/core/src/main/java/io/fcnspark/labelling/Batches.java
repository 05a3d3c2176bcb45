package io.fcnspark.labelling;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Function;

/**
 * Groups elements of the same key into batches. Memory is bounded: no more than {@value #WAITING_BATCHES} batches' worth of
 * elements wait. Every element that goes in comes out once.
 */
final class Batches<T, K> {
    private static final int WAITING_BATCHES = 4;

    private final Function<T, K> key;
    private final int size;
    private final Map<K, List<T>> waiting = new HashMap<>();
    private int waitingCount;

    Batches(Function<T, K> key, int size) {
        this.key = key;
        this.size = size;
    }

    /** Takes an element in, and gives a batch out if one is full or too many elements wait; else an empty list. */
    List<T> add(T element) {
        K elementKey = key.apply(element);
        List<T> batch = waiting.computeIfAbsent(elementKey, k -> new ArrayList<>(size));
        batch.add(element);
        waitingCount++;
        if (batch.size() == size) {
            return take(elementKey);
        }
        return waitingCount == WAITING_BATCHES * size ? takeLargest() : List.of();
    }

    boolean isEmpty() {
        return waitingCount == 0;
    }

    /** Gives out the batch with the most elements, full or not. */
    List<T> takeLargest() {
        return take(waiting.entrySet().stream()
                .max(Comparator.comparingInt(entry -> entry.getValue().size()))
                .orElseThrow(NoSuchElementException::new)
                .getKey());
    }

    private List<T> take(K elementKey) {
        List<T> batch = waiting.remove(elementKey);
        waitingCount -= batch.size();
        return batch;
    }
}
