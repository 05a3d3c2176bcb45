package io.fcnspark.engine.onednn;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Where in one piece of memory the buffers of a run lie, so that buffers that are needed at the same time do not overlap.
 *
 * @param offsets in bytes, of each buffer, aligned
 * @param bytes what the piece needs in all
 */
record ArenaLayout(List<Long> offsets, long bytes) {
    ArenaLayout {
        offsets = List.copyOf(offsets);
    }

    /**
     * A buffer.
     *
     * @param bytes its size
     * @param first step that writes it
     * @param last step that reads it for the last time
     */
    record Buffer(long bytes, int first, int last) {
        boolean meets(Buffer other) {
            return first <= other.last && other.first <= last;
        }
    }

    /** Large buffers first, each at the lowest place that is free for as long as it is needed. */
    static ArenaLayout of(List<Buffer> buffers) {
        long[] offsets = new long[buffers.size()];
        List<Integer> placed = new ArrayList<>();
        long end = 0;
        List<Integer> bySize = IntStream.range(0, buffers.size())
                .boxed()
                .sorted(Comparator.comparingLong((Integer i) -> buffers.get(i).bytes())
                        .reversed())
                .toList();
        for (int i : bySize) {
            Buffer buffer = buffers.get(i);
            long offset = 0;
            placed.sort(Comparator.comparingLong(other -> offsets[other]));
            for (int other : placed) {
                if (buffers.get(other).meets(buffer)) {
                    if (offset + buffer.bytes() <= offsets[other]) {
                        break;
                    }
                    offset = Math.max(
                            offset, aligned(offsets[other] + buffers.get(other).bytes()));
                }
            }
            offsets[i] = offset;
            placed.add(i);
            end = Math.max(end, offset + buffer.bytes());
        }
        return new ArenaLayout(
                IntStream.range(0, offsets.length).mapToObj(i -> offsets[i]).toList(), end);
    }

    private static long aligned(long offset) {
        return (offset + NativeBlock.ALIGNMENT - 1) / NativeBlock.ALIGNMENT * NativeBlock.ALIGNMENT;
    }
}
