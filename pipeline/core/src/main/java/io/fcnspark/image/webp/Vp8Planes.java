package io.fcnspark.image.webp;

import java.util.Arrays;

/**
 * Luma and chroma of a picture, of whole macroblocks. Each plane has a row above and a column to the left of its pixels, of the
 * values that prediction takes for what is not there.
 */
final class Vp8Planes {
    private static final byte ABOVE = 127;
    private static final byte LEFT = (byte) 129;

    private final int lumaStride;
    private final int chromaStride;
    private final byte[] y;
    private final byte[] u;
    private final byte[] v;

    Vp8Planes(int mbWidth, int mbHeight) {
        this.lumaStride = 16 * mbWidth + 1;
        this.chromaStride = 8 * mbWidth + 1;
        this.y = plane(lumaStride, 16 * mbHeight + 1);
        this.u = plane(chromaStride, 8 * mbHeight + 1);
        this.v = plane(chromaStride, 8 * mbHeight + 1);
    }

    private static byte[] plane(int stride, int rows) {
        byte[] plane = new byte[Math.multiplyExact(stride, rows)];
        Arrays.fill(plane, 0, stride, ABOVE);
        for (int at = stride; at < plane.length; at += stride) {
            plane[at] = LEFT;
        }
        return plane;
    }

    byte[] y() {
        return y;
    }

    byte[] u() {
        return u;
    }

    byte[] v() {
        return v;
    }

    int lumaStride() {
        return lumaStride;
    }

    int chromaStride() {
        return chromaStride;
    }

    /** Offset of the first pixel of a macroblock. */
    int lumaAt(int mbX, int mbY) {
        return (16 * mbY + 1) * lumaStride + 1 + 16 * mbX;
    }

    int chromaAt(int mbX, int mbY) {
        return (8 * mbY + 1) * chromaStride + 1 + 8 * mbX;
    }

    /** Writes the first {@code width} pixels of a row as RGB; chroma, which has half as many, is interpolated. */
    void rgbRow(int row, int width, int height, byte[] rgb, int to) {
        int nearRow = row / 2;
        int farRow = Math.max(0, Math.min((height - 1) / 2, row % 2 == 0 ? nearRow - 1 : nearRow + 1));
        int luma = lumaAt(0, 0) + row * lumaStride;
        int near = chromaAt(0, 0) + nearRow * chromaStride;
        int far = chromaAt(0, 0) + farRow * chromaStride;
        // Both chroma values go through the same sums, so they share an integer, v above u.
        int nearLeft = chroma(near);
        int farLeft = chroma(far);
        pixel(luma, (3 * nearLeft + farLeft + 0x20002) >> 2, rgb, to);
        int pairs = (width - 1) / 2;
        int at = to + 3;
        for (int x = 1; x <= pairs; x++, at += 6) {
            int nearRight = chroma(near + x);
            int farRight = chroma(far + x);
            int sum = nearLeft + nearRight + farLeft + farRight + 0x80008;
            int falling = (sum + 2 * (nearRight + farLeft)) >> 3;
            int rising = (sum + 2 * (nearLeft + farRight)) >> 3;
            pixel(luma + 2 * x - 1, (falling + nearLeft) >> 1, rgb, at);
            pixel(luma + 2 * x, (rising + nearRight) >> 1, rgb, at + 3);
            nearLeft = nearRight;
            farLeft = farRight;
        }
        if (width % 2 == 0) {
            pixel(luma + width - 1, (3 * nearLeft + farLeft + 0x20002) >> 2, rgb, at);
        }
    }

    private int chroma(int at) {
        return (u[at] & 0xff) | ((v[at] & 0xff) << 16);
    }

    private void pixel(int at, int chroma, byte[] rgb, int to) {
        int luma = ((y[at] & 0xff) * 19077) >> 8;
        int cb = chroma & 0xff;
        int cr = chroma >> 16;
        rgb[to] = to8Bits(luma + ((cr * 26149) >> 8) - 14234);
        rgb[to + 1] = to8Bits(luma - ((cb * 6419) >> 8) - ((cr * 13320) >> 8) + 8708);
        rgb[to + 2] = to8Bits(luma + ((cb * 33050) >> 8) - 17685);
    }

    private static byte to8Bits(int value) {
        return (byte) (Math.max(0, Math.min(16383, value)) >> 6);
    }
}
