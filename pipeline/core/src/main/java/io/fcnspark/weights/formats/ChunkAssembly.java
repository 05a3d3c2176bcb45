package io.fcnspark.weights.formats;

import io.jhdf.api.dataset.ChunkedDataset;
import java.nio.ByteBuffer;

/** Puts a data set together that HDF5 keeps in chunks, one chunk on the heap at a time. */
final class ChunkAssembly {
    private final ChunkedDataset dataset;
    private final int[] shape;
    private final int[] chunk;
    private final int width;

    ChunkAssembly(ChunkedDataset dataset) {
        this.dataset = dataset;
        this.shape = dataset.getDimensions();
        this.chunk = dataset.getChunkDimensions();
        this.width = dataset.getDataType().getSize();
    }

    /** The values in row-major order and the data set's byte order, outside the heap. */
    ByteBuffer assemble(int length) {
        ByteBuffer target = ByteBuffer.allocateDirect(length);
        int[] offset = new int[shape.length];
        boolean more = length > 0;
        while (more) {
            copy(0, offset, ByteBuffer.wrap(dataset.getDecompressedChunk(offset)), 0, 0, target);
            more = advance(offset);
        }
        return target;
    }

    /** Moves on to the next chunk; false after the last. */
    private boolean advance(int[] offset) {
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            offset[axis] += chunk[axis];
            if (offset[axis] < shape[axis]) {
                return true;
            }
            offset[axis] = 0;
        }
        return false;
    }

    /** Copies what of the chunk lies inside the data set; positions count values, up to dimension {@code axis}. */
    private void copy(int axis, int[] offset, ByteBuffer source, int from, int to, ByteBuffer target) {
        int count = Math.min(chunk[axis], shape[axis] - offset[axis]);
        int chunkRow = from * chunk[axis];
        int row = to * shape[axis] + offset[axis];
        if (axis == shape.length - 1) {
            target.put(row * width, source, chunkRow * width, count * width);
            return;
        }
        for (int i = 0; i < count; i++) {
            copy(axis + 1, offset, source, chunkRow + i, row + i, target);
        }
    }
}
