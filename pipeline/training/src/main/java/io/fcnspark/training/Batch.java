package io.fcnspark.training;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * Images of one step.
 *
 * @param examples in the order of the batch
 * @param seed of their augmentation
 */
record Batch(ArrayList<Example> examples, long seed) implements Serializable {
    static Batch of(List<Example> examples, long seed) {
        return new Batch(new ArrayList<>(examples), seed);
    }
}
