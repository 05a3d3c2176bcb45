package io.fcnspark.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.fcnspark.weights.DataType;
import io.fcnspark.weights.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

class SoundWeightsTest {
    private static Tensor sound(Tensor tensor) {
        return SoundWeights.tensor("tiny@0123456789ab", "fc6.weight", tensor);
    }

    private static ByteBuffer bytes(int count) {
        return ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static float[] floats(Tensor tensor) {
        float[] values = new float[(int) tensor.size()];
        tensor.floats().get(values);
        return values;
    }

    @Test
    void negligibleValuesBecomeZero() {
        float[] values = {1, -0x1p-100f, 0x1.fp-101f, -Float.MIN_VALUE, 1e-30f, 0, -3e38f};
        assertThat(floats(sound(Tensor.of(List.of(7), values))))
                .containsExactly(1, -0x1p-100f, 0, 0, 1e-30f, 0, -3e38f);
    }

    @Test
    void soDoThoseOfOtherFormats() {
        ByteBuffer bf16 = bytes(6).putShort((short) (Float.floatToIntBits(2) >>> 16))
                .putShort((short) 0x8001)
                .putShort((short) (Float.floatToIntBits(-3) >>> 16))
                .flip();
        assertThat(floats(sound(new Tensor(DataType.BF16, List.of(3), bf16)))).containsExactly(2, 0, -3);

        ByteBuffer f64 = bytes(24).putDouble(2).putDouble(-1e-40).putDouble(-3).flip();
        assertThat(floats(sound(new Tensor(DataType.F64, List.of(3), f64)))).containsExactly(2, 0, -3);
    }

    /** Mapped weights are not copied without need. The smallest fp16, a subnormal one, is an ordinary number in fp32. */
    @Test
    void tensorsWithoutStayWhereTheyAre() {
        Tensor plain = Tensor.of(List.of(3), new float[] {1, 0, -2});
        assertThat(sound(plain)).isSameAs(plain);
        Tensor half = new Tensor(
                DataType.F16, List.of(1), bytes(2).putShort((short) 1).flip());
        assertThat(sound(half)).isSameAs(half);
    }
}
