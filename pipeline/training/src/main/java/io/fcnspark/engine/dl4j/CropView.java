package io.fcnspark.engine.dl4j;

import static org.nd4j.linalg.indexing.NDArrayIndex.all;
import static org.nd4j.linalg.indexing.NDArrayIndex.interval;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Square-offset windows of feature maps {@code [N, C, H, W]}. */
final class CropView {
    private CropView() {}

    /** The view of {@code maps} that starts at ({@code offset}, {@code offset}) and has the height and width of {@code like}. */
    static INDArray view(INDArray maps, long offset, INDArray like) {
        long height = like.size(2);
        long width = like.size(3);
        if (offset + height > maps.size(2) || offset + width > maps.size(3)) {
            throw new IllegalArgumentException("a window of %dx%d at offset %d does not fit into %dx%d"
                    .formatted(width, height, offset, maps.size(3), maps.size(2)));
        }
        return maps.get(all(), all(), interval(offset, offset + height), interval(offset, offset + width));
    }
}
