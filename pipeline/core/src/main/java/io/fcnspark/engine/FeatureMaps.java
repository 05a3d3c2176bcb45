package io.fcnspark.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * Values of one layer for a batch of images, fp32, in the order {@code [count, channels, height, width]} (the last runs
 * fastest).
 *
 * @param values direct, native byte order, from position 0, exactly as many as the shape says
 */
public record FeatureMaps(int count, int channels, int height, int width, FloatBuffer values) {
    public FeatureMaps {
        if (count < 1 || channels < 1 || height < 1 || width < 1) {
            throw new IllegalArgumentException(
                    "feature maps of shape [%d, %d, %d, %d]".formatted(count, channels, height, width));
        }
        if (!values.isDirect()
                || values.position() != 0
                || values.remaining() != size(count, channels, height, width)) {
            throw new IllegalArgumentException(
                    "feature maps of shape [%d, %d, %d, %d] need a direct buffer of %d values, not %s"
                            .formatted(count, channels, height, width, size(count, channels, height, width), values));
        }
    }

    /** Zeros. */
    public static FeatureMaps allocate(int count, int channels, int height, int width) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(
                Math.toIntExact(Math.multiplyExact(size(count, channels, height, width), Float.BYTES)));
        return new FeatureMaps(
                count,
                channels,
                height,
                width,
                bytes.order(ByteOrder.nativeOrder()).asFloatBuffer());
    }

    /** A view of the values with its own position, at the beginning. */
    @Override
    public FloatBuffer values() {
        return values.duplicate();
    }

    private static long size(int count, int channels, int height, int width) {
        return Math.multiplyExact((long) count * channels, (long) height * width);
    }
}
