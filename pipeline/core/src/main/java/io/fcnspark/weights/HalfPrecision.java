package io.fcnspark.weights;

/** IEEE 754 binary16, which Java 17 cannot convert by itself. */
final class HalfPrecision {
    private HalfPrecision() {}

    static float toFloat(short half) {
        int sign = (half & 0x8000) << 16;
        int exponent = (half >> 10) & 0x1f;
        int mantissa = half & 0x3ff;
        if (exponent == 0x1f) {
            return Float.intBitsToFloat(sign | 0x7f80_0000 | mantissa << 13);
        }
        if (exponent == 0) {
            float subnormal = mantissa * 0x1p-24f;
            return sign == 0 ? subnormal : -subnormal;
        }
        return Float.intBitsToFloat(sign | (exponent + 112) << 23 | mantissa << 13);
    }

    /** The bf16 value nearest to a finite fp32 value; to even if two are equally near. Infinities and NaN stay what they are. */
    static short toBf16(float value) {
        int bits = Float.floatToIntBits(value);
        if (!Float.isFinite(value)) {
            return (short) (bits >> 16);
        }
        return (short) ((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
    }
}
