package io.fcnspark.image.webp;

/** Smooths the edges between blocks, after all are there (RFC 6386, section 15). */
final class Vp8Filter {
    private final boolean simple;
    private final int[] limits = new int[2 * Vp8Decoder.SEGMENTS];
    private final int[] innerLimits = new int[2 * Vp8Decoder.SEGMENTS];
    private final int[] varianceLimits = new int[2 * Vp8Decoder.SEGMENTS];

    /**
     * Strengths of a picture.
     *
     * @param simple whether luma alone is filtered, by the simple filter
     * @param levels of each segment
     * @param sharpness 0 to 7
     * @param delta added to all levels
     * @param subblockDelta added to those of macroblocks that are predicted in blocks of 4x4
     */
    Vp8Filter(boolean simple, int[] levels, int sharpness, int delta, int subblockDelta) {
        this.simple = simple;
        for (int kind = 0; kind < limits.length; kind++) {
            int level = levels[kind / 2] + delta + (kind % 2 == 1 ? subblockDelta : 0);
            level = Math.max(0, Math.min(63, level));
            if (level > 0) {
                int inner = level;
                if (sharpness > 0) {
                    inner = Math.min(inner >> (sharpness > 4 ? 2 : 1), 9 - sharpness);
                }
                inner = Math.max(inner, 1);
                innerLimits[kind] = inner;
                limits[kind] = 2 * level + inner;
                varianceLimits[kind] = level >= 40 ? 2 : level >= 15 ? 1 : 0;
            }
        }
    }

    /** Index of the strengths of a macroblock. */
    static int kind(int segment, boolean inSubblocks) {
        return 2 * segment + (inSubblocks ? 1 : 0);
    }

    /**
     * Filters a macroblock, whose neighbours above and to the left are filtered already.
     *
     * @param kind see {@link #kind}
     * @param within whether the edges between its own blocks are filtered too
     */
    void macroblock(Vp8Planes planes, int mbX, int mbY, int kind, boolean within) {
        if (limits[kind] == 0) {
            return;
        }
        square(planes.y(), planes.lumaAt(mbX, mbY), planes.lumaStride(), 16, mbX > 0, mbY > 0, kind, within);
        if (!simple) {
            int at = planes.chromaAt(mbX, mbY);
            square(planes.u(), at, planes.chromaStride(), 8, mbX > 0, mbY > 0, kind, within);
            square(planes.v(), at, planes.chromaStride(), 8, mbX > 0, mbY > 0, kind, within);
        }
    }

    private void square(
            byte[] plane, int at, int stride, int size, boolean hasLeft, boolean hasAbove, int kind, boolean within) {
        if (hasLeft) {
            outerEdge(plane, at, 1, stride, size, kind);
        }
        if (within) {
            for (int x = 4; x < size; x += 4) {
                innerEdge(plane, at + x, 1, stride, size, kind);
            }
        }
        if (hasAbove) {
            outerEdge(plane, at, stride, 1, size, kind);
        }
        if (within) {
            for (int y = 4; y < size; y += 4) {
                innerEdge(plane, at + y * stride, stride, 1, size, kind);
            }
        }
    }

    /**
     * Filters the edge of a macroblock.
     *
     * @param across offset from a pixel to the next one across the edge
     * @param along offset from a pixel to the next one along it
     */
    private void outerEdge(byte[] plane, int at, int across, int along, int size, int kind) {
        int limit = 2 * (limits[kind] + 4) + 1;
        if (simple) {
            simpleEdge(plane, at, across, along, size, limit);
            return;
        }
        int inner = innerLimits[kind];
        int variance = varianceLimits[kind];
        for (int i = 0, p = at; i < size; i++, p += along) {
            if (isSmooth(plane, p, across, limit, inner)) {
                if (varies(plane, p, across, variance)) {
                    two(plane, p, across);
                } else {
                    six(plane, p, across);
                }
            }
        }
    }

    private void innerEdge(byte[] plane, int at, int across, int along, int size, int kind) {
        int limit = 2 * limits[kind] + 1;
        if (simple) {
            simpleEdge(plane, at, across, along, size, limit);
            return;
        }
        int inner = innerLimits[kind];
        int variance = varianceLimits[kind];
        for (int i = 0, p = at; i < size; i++, p += along) {
            if (isSmooth(plane, p, across, limit, inner)) {
                if (varies(plane, p, across, variance)) {
                    two(plane, p, across);
                } else {
                    four(plane, p, across);
                }
            }
        }
    }

    private static void simpleEdge(byte[] plane, int at, int across, int along, int size, int limit) {
        for (int i = 0, p = at; i < size; i++, p += along) {
            if (step(plane, p, across) <= limit) {
                two(plane, p, across);
            }
        }
    }

    private static int step(byte[] plane, int p, int across) {
        return 4 * Math.abs((plane[p - across] & 0xff) - (plane[p] & 0xff))
                + Math.abs((plane[p - 2 * across] & 0xff) - (plane[p + across] & 0xff));
    }

    private static boolean isSmooth(byte[] plane, int p, int across, int limit, int inner) {
        int p1 = plane[p - 2 * across] & 0xff;
        int p0 = plane[p - across] & 0xff;
        int q0 = plane[p] & 0xff;
        int q1 = plane[p + across] & 0xff;
        if (4 * Math.abs(p0 - q0) + Math.abs(p1 - q1) > limit) {
            return false;
        }
        int p2 = plane[p - 3 * across] & 0xff;
        int q2 = plane[p + 2 * across] & 0xff;
        return Math.abs((plane[p - 4 * across] & 0xff) - p2) <= inner
                && Math.abs(p2 - p1) <= inner
                && Math.abs(p1 - p0) <= inner
                && Math.abs((plane[p + 3 * across] & 0xff) - q2) <= inner
                && Math.abs(q2 - q1) <= inner
                && Math.abs(q1 - q0) <= inner;
    }

    private static boolean varies(byte[] plane, int p, int across, int limit) {
        return Math.abs((plane[p - 2 * across] & 0xff) - (plane[p - across] & 0xff)) > limit
                || Math.abs((plane[p + across] & 0xff) - (plane[p] & 0xff)) > limit;
    }

    /** Changes a pixel on each side. */
    private static void two(byte[] plane, int p, int across) {
        int p0 = plane[p - across] & 0xff;
        int q0 = plane[p] & 0xff;
        int a = 3 * (q0 - p0) + signed8((plane[p - 2 * across] & 0xff) - (plane[p + across] & 0xff));
        plane[p - across] = Vp8Prediction.clip(p0 + signed5((a + 3) >> 3));
        plane[p] = Vp8Prediction.clip(q0 - signed5((a + 4) >> 3));
    }

    private static void four(byte[] plane, int p, int across) {
        int p1 = plane[p - 2 * across] & 0xff;
        int p0 = plane[p - across] & 0xff;
        int q0 = plane[p] & 0xff;
        int q1 = plane[p + across] & 0xff;
        int a = 3 * (q0 - p0);
        int a1 = signed5((a + 4) >> 3);
        int a3 = (a1 + 1) >> 1;
        plane[p - 2 * across] = Vp8Prediction.clip(p1 + a3);
        plane[p - across] = Vp8Prediction.clip(p0 + signed5((a + 3) >> 3));
        plane[p] = Vp8Prediction.clip(q0 - a1);
        plane[p + across] = Vp8Prediction.clip(q1 - a3);
    }

    private static void six(byte[] plane, int p, int across) {
        int p2 = plane[p - 3 * across] & 0xff;
        int p1 = plane[p - 2 * across] & 0xff;
        int p0 = plane[p - across] & 0xff;
        int q0 = plane[p] & 0xff;
        int q1 = plane[p + across] & 0xff;
        int q2 = plane[p + 2 * across] & 0xff;
        int a = signed8(3 * (q0 - p0) + signed8(p1 - q1));
        int a1 = (27 * a + 63) >> 7;
        int a2 = (18 * a + 63) >> 7;
        int a3 = (9 * a + 63) >> 7;
        plane[p - 3 * across] = Vp8Prediction.clip(p2 + a3);
        plane[p - 2 * across] = Vp8Prediction.clip(p1 + a2);
        plane[p - across] = Vp8Prediction.clip(p0 + a1);
        plane[p] = Vp8Prediction.clip(q0 - a1);
        plane[p + across] = Vp8Prediction.clip(q1 - a2);
        plane[p + 2 * across] = Vp8Prediction.clip(q2 - a3);
    }

    private static int signed8(int value) {
        return Math.max(-128, Math.min(127, value));
    }

    private static int signed5(int value) {
        return Math.max(-16, Math.min(15, value));
    }
}
