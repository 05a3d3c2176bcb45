package io.fcnspark.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.fcnspark.weights.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class SeparableKernelTest {
    private static final float[] PRODUCT = {1, 2, 3, 6};

    @Test
    void theSameProductForEveryClassIsSeparable() {
        SeparableKernel kernel = SeparableKernel.of(tensor(PRODUCT, new float[4], new float[4], PRODUCT))
                .orElseThrow();
        for (int i = 0; i < 4; i++) {
            assertThat(kernel.vertical()[i / 2] * kernel.horizontal()[i % 2]).isEqualTo(PRODUCT[i]);
        }
    }

    @Test
    void othersAreNot() {
        float[] none = new float[4];
        assertThat(SeparableKernel.of(tensor(PRODUCT, none, none, new float[] {1, 2, 3, 7})))
                .as("another kernel for another class")
                .isEmpty();
        assertThat(SeparableKernel.of(tensor(PRODUCT, new float[] {0, 0, 1e-9f, 0}, none, PRODUCT)))
                .as("classes that mix")
                .isEmpty();
        float[] rank2 = {1, 2, 3, 4};
        assertThat(SeparableKernel.of(tensor(rank2, none, none, rank2)))
                .as("no product of two vectors")
                .isEmpty();
        assertThat(SeparableKernel.of(tensor(none, none, none, none)))
                .as("nothing at all")
                .isEmpty();
        float[] broken = {1, Float.NaN, 3, 6};
        assertThat(SeparableKernel.of(tensor(broken, none, none, broken)))
                .as("no numbers")
                .isEmpty();
    }

    private static Tensor tensor(float[]... kernels) {
        float[] values = new float[16];
        for (int i = 0; i < 4; i++) {
            System.arraycopy(kernels[i], 0, values, 4 * i, 4);
        }
        return Tensor.of(List.of(2, 2, 2, 2), values);
    }
}
