package io.fcnspark.labels;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The pixels of one class as polygons along the edges of pixels. Pixels that touch at an edge are in one polygon, those that
 * touch only at a corner are not. COCO's polygons have no holes, so a hole is joined to its outline by a cut of no width:
 * whoever fills the polygons by the even-odd or by the non-zero rule gets exactly the pixels of the class.
 */
public final class MaskPolygons {
    /** Steps to the right, down, left, up; the pixel inside is on the right hand. */
    private static final int[] DX = {1, 0, -1, 0};

    private static final int[] DY = {0, 1, 0, -1};

    private final Mask mask;
    private final int classId;
    /** Whether an outline passes along the top of a pixel, by its index. */
    private final boolean[] topSeen;

    private MaskPolygons(Mask mask, int classId) {
        this.mask = mask;
        this.classId = classId;
        this.topSeen = new boolean[mask.labels().length];
    }

    /**
     * The polygons of a class.
     *
     * @return each as x, y, x, y, …, columns from 0 to the width and rows from 0 to the height of the mask, the corners of
     *     pixels; clockwise as seen; from top to bottom, then left to right. None if no pixel has the class
     */
    public static List<int[]> of(Mask mask, int classId) {
        return new MaskPolygons(mask, classId).trace();
    }

    /** A corner of a pixel on an outline, one step from the next. */
    private static final class Corner {
        private final int x;
        private final int y;
        private Corner next;

        Corner(int x, int y) {
            this.x = x;
            this.y = y;
        }
    }

    private List<int[]> trace() {
        List<Corner> outlines = new ArrayList<>();
        List<Corner> holes = new ArrayList<>();
        for (int y = 0; y < mask.height(); y++) {
            for (int x = 0; x < mask.width(); x++) {
                if (isInside(x, y) && !isInside(x, y - 1) && !topSeen[y * mask.width() + x]) {
                    Corner ring = ring(x, y);
                    (isClockwise(ring) ? outlines : holes).add(ring);
                }
            }
        }
        if (!holes.isEmpty()) {
            cut(outlines, holes);
        }
        return outlines.stream().map(MaskPolygons::corners).toList();
    }

    private boolean isInside(int x, int y) {
        return x >= 0
                && x < mask.width()
                && y >= 0
                && y < mask.height()
                && mask.labels()[y * mask.width() + x] == classId;
    }

    /** The whole outline that passes along the top of a pixel. */
    private Corner ring(int startX, int startY) {
        Corner start = new Corner(startX, startY);
        Corner at = start;
        int direction = 0;
        do {
            if (direction == 0) {
                topSeen[at.y * mask.width() + at.x] = true;
            }
            int x = at.x + DX[direction];
            int y = at.y + DY[direction];
            // The two pixels ahead, to the left and to the right of the way.
            int left = (direction + 3) % 4;
            boolean leftInside = isInside(ahead(x, DX, direction, left), ahead(y, DY, direction, left));
            int right = (direction + 1) % 4;
            boolean rightInside = isInside(ahead(x, DX, direction, right), ahead(y, DY, direction, right));
            // Turning right wherever that is possible keeps pixels apart that touch at a corner.
            if (!rightInside) {
                direction = right;
            } else if (leftInside) {
                direction = left;
            }
            if (x == startX && y == startY && direction == 0) {
                at.next = start;
            } else {
                at.next = new Corner(x, y);
            }
            at = at.next;
        } while (at != start);
        return start;
    }

    /** Column or row of the pixel that lies ahead of a corner, on one side of the way. */
    private static int ahead(int corner, int[] step, int direction, int side) {
        return corner + (step[direction] + step[side] - 1) / 2;
    }

    private static boolean isClockwise(Corner ring) {
        long twiceArea = 0;
        Corner at = ring;
        do {
            twiceArea += (long) at.x * at.next.y - (long) at.next.x * at.y;
            at = at.next;
        } while (at != ring);
        return twiceArea > 0;
    }

    /**
     * Joins each hole to the outline above its topmost corner. What is met there is the outline, or a hole that begins higher
     * and is joined already. No other outline can touch that corner: both pixels below it are inside.
     */
    private static void cut(List<Corner> outlines, List<Corner> holes) {
        Map<Long, Corner> corners = new HashMap<>();
        outlines.forEach(outline -> putAll(outline, corners));
        List<Corner> fromTheTop = new ArrayList<>();
        for (Corner hole : holes) {
            fromTheTop.add(topmost(hole));
            putAll(hole, corners);
        }
        fromTheTop.sort(Comparator.<Corner>comparingInt(corner -> corner.y).thenComparingInt(corner -> corner.x));
        for (Corner top : fromTheTop) {
            int y = top.y - 1;
            while (!corners.containsKey(key(top.x, y))) {
                y--;
            }
            Corner met = corners.get(key(top.x, y));
            Corner last = top;
            while (last.next != top) {
                last = last.next;
            }
            Corner back = new Corner(met.x, met.y);
            back.next = met.next;
            Corner end = new Corner(top.x, top.y);
            end.next = back;
            last.next = end;
            met.next = top;
        }
    }

    private static void putAll(Corner ring, Map<Long, Corner> corners) {
        Corner at = ring;
        do {
            corners.put(key(at.x, at.y), at);
            at = at.next;
        } while (at != ring);
    }

    private static long key(int x, int y) {
        return (long) y << Integer.SIZE | x;
    }

    private static Corner topmost(Corner ring) {
        Corner top = ring;
        for (Corner at = ring.next; at != ring; at = at.next) {
            if (at.y < top.y || (at.y == top.y && at.x < top.x)) {
                top = at;
            }
        }
        return top;
    }

    /** The corners at which the way turns. */
    private static int[] corners(Corner ring) {
        List<Corner> turns = new ArrayList<>();
        Corner before = ring;
        Corner at = ring.next;
        do {
            Corner after = at.next;
            int fromX = Integer.signum(at.x - before.x);
            int fromY = Integer.signum(at.y - before.y);
            if (fromX != Integer.signum(after.x - at.x) || fromY != Integer.signum(after.y - at.y)) {
                turns.add(at);
            }
            before = at;
            at = after;
        } while (before != ring);
        int[] corners = new int[2 * turns.size()];
        // The first corner of a ring, its topmost, comes last above.
        for (int i = 0; i < turns.size(); i++) {
            Corner corner = turns.get((i + turns.size() - 1) % turns.size());
            corners[2 * i] = corner.x;
            corners[2 * i + 1] = corner.y;
        }
        return corners;
    }
}
