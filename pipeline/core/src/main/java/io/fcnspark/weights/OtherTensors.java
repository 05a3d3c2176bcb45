package io.fcnspark.weights;

import java.util.List;

/** What is told of a tensor whose values are no floating-point numbers, for example of type {@code I64}. */
public interface OtherTensors {
    void found(String name, String type, List<Integer> shape);
}
