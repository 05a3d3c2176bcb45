package io.fcnspark.weights;

import java.util.List;

/** Is told of tensors whose values are no floating-point numbers. */
public interface OtherTensors {
    /**
     * A tensor that is left out.
     *
     * @param type as the file names it, for example {@code I64}
     */
    void found(String name, String type, List<Integer> shape);
}
