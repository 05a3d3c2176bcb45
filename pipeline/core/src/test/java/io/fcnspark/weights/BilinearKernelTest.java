package io.fcnspark.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

final class BilinearKernelTest {
    /** Worked by hand: k4 has f 2 and c 1.5, k3 has f 2 and c 1; both are outer products. */
    @Test
    void valuesWorkedByHand() {
        assertThat(BilinearKernel.values(1)).containsExactly(1);
        assertThat(BilinearKernel.values(2)).containsExactly(0.25f, 0.25f, 0.25f, 0.25f);
        assertThat(BilinearKernel.values(3)).containsExactly(0.25f, 0.5f, 0.25f, 0.5f, 1, 0.5f, 0.25f, 0.5f, 0.25f);
        float[] four = BilinearKernel.values(4);
        float[] row = {0.25f, 0.75f, 0.75f, 0.25f};
        for (int y = 0; y < 4; y++) {
            for (int x = 0; x < 4; x++) {
                assertThat(four[4 * y + x]).isEqualTo(row[y] * row[x]);
            }
        }
    }

    /** What makes it an interpolation: with stride k/2, the kernels that overlap at any place sum to 1. */
    @Property
    void constantsStayConstant(@ForAll @IntRange(min = 1, max = 32) int stride) {
        int size = 2 * stride;
        float[] kernel = BilinearKernel.values(size);
        for (int y = 0; y < stride; y++) {
            for (int x = 0; x < stride; x++) {
                double sum = 0;
                for (int dy = 0; dy < 2; dy++) {
                    for (int dx = 0; dx < 2; dx++) {
                        sum += kernel[(y + dy * stride) * size + x + dx * stride];
                    }
                }
                assertThat(sum).isCloseTo(1, within(1e-6));
            }
        }
    }

    @Test
    void diagonalIsZeroBetweenChannels() {
        Tensor weights = BilinearKernel.diagonal(3, 4);
        assertThat(weights.shape()).containsExactly(3, 3, 4, 4);
        float[] kernel = BilinearKernel.values(4);
        for (int in = 0; in < 3; in++) {
            for (int out = 0; out < 3; out++) {
                for (int i = 0; i < 16; i++) {
                    assertThat(weights.floats().get((in * 3 + out) * 16 + i)).isEqualTo(in == out ? kernel[i] : 0);
                }
            }
        }
    }

    @Test
    void sharedKernelIsFoundAgain() {
        assertThat(DiagonalKernel.shared(BilinearKernel.diagonal(5, 16))).contains(BilinearKernel.values(16));
        assertThat(DiagonalKernel.shared(BilinearKernel.diagonal(1, 3))).contains(BilinearKernel.values(3));
        assertThat(DiagonalKernel.shared(changed(1, -0f))).contains(BilinearKernel.values(1));
    }

    @Test
    void channelsThatMixOrDifferShareNoKernel() {
        assertThat(DiagonalKernel.shared(changed(1, 1e-30f))).isEmpty();
        assertThat(DiagonalKernel.shared(changed(1, Float.NaN))).isEmpty();
        assertThat(DiagonalKernel.shared(changed(0, 2))).isEmpty();
        assertThat(DiagonalKernel.shared(changed(3, 2))).isEmpty();
        assertThat(DiagonalKernel.shared(Tensor.of(List.of(1, 2, 1, 1), new float[2])))
                .isEmpty();
        assertThatThrownBy(() -> DiagonalKernel.shared(Tensor.of(List.of(2), new float[2])))
                .hasMessageContaining("expected [in, out, k, k]");
    }

    /** The identity of two channels as a 1x1 kernel, with one value changed. */
    private static Tensor changed(int index, float value) {
        float[] values = {1, 0, 0, 1};
        values[index] = value;
        return Tensor.of(List.of(2, 2, 1, 1), values);
    }
}
