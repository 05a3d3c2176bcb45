package io.fcnspark.spark.actions;

import io.fcnspark.engine.ConfidenceMap;
import io.fcnspark.engine.Mosaic;
import io.fcnspark.engine.Segmentation;
import io.fcnspark.engine.Segmenter;
import io.fcnspark.image.ImageException;
import io.fcnspark.image.RgbImage;
import io.fcnspark.image.Tile;
import io.fcnspark.image.Tiling;
import io.fcnspark.labels.Mask;
import io.fcnspark.metrics.ConfusionMatrix;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/**
 * Labels images that are too large for one pass, or even for being decoded while others are. What they take of the heap is
 * known and set aside before it is used.
 */
final class TileLabeller {
    private final Segmenter segmenter;
    private final Tiling tiling;
    private final LabelInputs inputs;
    private final ConfidenceMap confidenceMap;
    private final HeapShare heap;
    private final int numClasses;

    TileLabeller(Segmenter segmenter, Tiling tiling, LabelInputs inputs, ConfidenceMap confidenceMap, HeapShare heap) {
        this.segmenter = segmenter;
        this.tiling = tiling;
        this.inputs = inputs;
        this.confidenceMap = confidenceMap;
        this.heap = heap;
        this.numClasses = segmenter.description().classes().size();
    }

    /**
     * Reads, decodes and labels an image of any size.
     *
     * @throws IOException if the storage does not give it or its truth
     */
    LabelledImage label(ImageLabeller.Task task) throws IOException {
        // A file is put together from pieces.
        long bytes = 2 * task.bytes();
        try {
            while (true) {
                try (HeapShare.Lease lease = heap.acquire(bytes)) {
                    Decoding decoding = decode(task, lease);
                    if (decoding.image().isPresent()) {
                        return labelDecoded(task, decoding.image().get());
                    }
                    // Not while the file waits in memory: it is read again when there is room for all of it.
                    bytes = decoding.bytes();
                }
            }
        } catch (ImageException e) {
            return new LabelledImage(task.file(), null, null, e, Instant.now());
        }
    }

    /** An image, or how many bytes of the heap it takes, if they are not there at the moment. */
    private record Decoding(Optional<RgbImage> image, long bytes) {}

    private Decoding decode(ImageLabeller.Task task, HeapShare.Lease lease) throws IOException, ImageException {
        byte[] file = inputs.imageFile(task);
        long bytes = file.length + inputs.heapBytes(file) + inputs.size(file).pixels() * resultBytesPerPixel();
        return lease.extendTo(bytes)
                ? new Decoding(Optional.of(inputs.decode(file)), bytes)
                : new Decoding(Optional.empty(), bytes);
    }

    private int resultBytesPerPixel() {
        int labels = numClasses > 256 ? 2 * Character.BYTES : 1;
        int confidence = confidenceMap == ConfidenceMap.WRITE ? 1 : 0;
        // As the file stores it, and as class ids.
        int truth = inputs.hasTruth() ? 2 * Character.BYTES : 0;
        return labels + confidence + truth;
    }

    private LabelledImage labelDecoded(ImageLabeller.Task task, RgbImage image) throws IOException {
        try {
            return label(task, image, inputs.truth(task, image.width(), image.height()), null);
        } catch (ImageException e) {
            return label(task, image, Optional.empty(), e);
        }
    }

    /** Whether an image is too large for one pass. */
    boolean isTiled(RgbImage image) {
        return tiling.tiles(image.width(), image.height()).size() > 1;
    }

    /**
     * Labels a decoded image.
     *
     * @param truthError what is wrong with its truth; null if nothing is
     */
    LabelledImage label(ImageLabeller.Task task, RgbImage image, Optional<Mask> truth, ImageException truthError) {
        Mosaic mosaic = new Mosaic(image.width(), image.height(), numClasses, confidenceMap);
        ConfusionMatrix confusion = ConfusionMatrix.zero(numClasses);
        for (Tile tile : tiling.tiles(image.width(), image.height())) {
            Segmentation part = segmenter.segment(image, tile);
            mosaic.add(tile.core(), part);
            if (truth.isPresent()) {
                confusion = confusion.plus(
                        ConfusionMatrix.of(numClasses, truth.get().crop(tile.core()), part.mask()));
            }
        }
        return new LabelledImage(
                task.file(), mosaic.encode(), truth.isPresent() ? confusion : null, truthError, Instant.now());
    }
}
