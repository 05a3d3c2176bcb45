package io.fcnspark.labelling;

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
public final class TileLabeller {
    /** Far more than any heap; keeps sums of what files claim from overflowing. */
    private static final long MOST_BYTES = 1L << 50;

    private final Segmenter segmenter;
    private final Tiling tiling;
    private final ListedBytes bytes;
    private final BoundedDecoder decoder;
    private final ConfidenceMap confidenceMap;
    private final HeapShare heap;
    private final StageClock clock;
    private final int numClasses;

    /**
     * @param bytes read in the thread that labels, as they are needed; not those of whoever reads ahead, who is at another place
     *     of a shard
     */
    public TileLabeller(
            Segmenter segmenter,
            Tiling tiling,
            ListedBytes bytes,
            BoundedDecoder decoder,
            ConfidenceMap confidenceMap,
            HeapShare heap,
            StageClock clock) {
        this.segmenter = segmenter;
        this.tiling = tiling;
        this.bytes = bytes;
        this.decoder = decoder;
        this.confidenceMap = confidenceMap;
        this.heap = heap;
        this.clock = clock;
        this.numClasses = segmenter.description().classes().size();
    }

    /**
     * Reads, decodes and labels an image of any size.
     *
     * @throws IOException if the storage does not give it or its truth
     */
    LabelledImage label(ListedImage listed) throws IOException {
        Long length = listed.file().bytes();
        // A file is put together from pieces.
        long wanted = length == null ? 0 : 2 * Math.min(length, MOST_BYTES);
        try {
            while (true) {
                try (HeapShare.Reservation reservation = acquire(wanted)) {
                    Decoding decoding = clock.<Decoding, IOException, ImageException>time(
                            Stage.WAIT, () -> decode(listed, reservation));
                    if (decoding.image().isPresent()) {
                        return labelDecoded(listed, decoding.image().get());
                    }
                    // Not while the file waits in memory: it is read again when there is room for all of it.
                    wanted = decoding.bytes();
                }
            }
        } catch (ImageException e) {
            return new LabelledImage(listed.file(), null, null, e, Instant.now());
        }
    }

    private HeapShare.Reservation acquire(long wanted) throws ImageException {
        return clock.time(Stage.WAIT, () -> heap.acquire(wanted));
    }

    /** An image, or how many bytes of the heap it takes, if they are not there at the moment. */
    private record Decoding(Optional<RgbImage> image, long bytes) {}

    private Decoding decode(ListedImage listed, HeapShare.Reservation reservation) throws IOException, ImageException {
        byte[] file = clock.<byte[], IOException, ImageException>time(Stage.READ, () -> bytes.image(listed));
        return clock.time(Stage.DECODE, () -> decode(file, reservation));
    }

    private Decoding decode(byte[] file, HeapShare.Reservation reservation) throws ImageException {
        long needed = file.length + decoder.heapBytes(file) + decoder.size(file).pixels() * resultBytesPerPixel();
        return reservation.extendTo(needed)
                ? new Decoding(Optional.of(decoder.image(file)), needed)
                : new Decoding(Optional.empty(), needed);
    }

    private int resultBytesPerPixel() {
        int labels = numClasses > 256 ? 2 * Character.BYTES : 1;
        int confidence = confidenceMap == ConfidenceMap.WRITE ? 1 : 0;
        // As the file stores it, and as class ids.
        int truth = decoder.wantsTruth() ? 2 * Character.BYTES : 0;
        return labels + confidence + truth;
    }

    private LabelledImage labelDecoded(ListedImage listed, RgbImage image) throws IOException {
        if (!decoder.wantsTruth()) {
            return label(listed, image, Truth.NONE);
        }
        Truth truth;
        try {
            truth = new Truth.Labels(
                    clock.<Mask, IOException, ImageException>time(Stage.WAIT, () -> truth(listed, image)));
        } catch (ImageException e) {
            truth = new Truth.Unusable(e);
        }
        return label(listed, image, truth);
    }

    private Mask truth(ListedImage listed, RgbImage image) throws IOException, ImageException {
        byte[] file = clock.<byte[], IOException, ImageException>time(Stage.READ, () -> bytes.truth(listed));
        return clock.time(Stage.DECODE, () -> decoder.truth(file, listed.truth(), image));
    }

    /** Whether an image is too large for one pass. */
    boolean isTiled(RgbImage image) {
        return tiling.tiles(image.width(), image.height()).size() > 1;
    }

    /**
     * Labels a decoded image.
     *
     * @throws IllegalStateException if the thread is interrupted
     */
    LabelledImage label(ListedImage listed, RgbImage image, Truth truth) {
        Mosaic mosaic = new Mosaic(image.width(), image.height(), numClasses, confidenceMap);
        ConfusionMatrix confusion = ConfusionMatrix.zero(numClasses);
        for (Tile tile : tiling.tiles(image.width(), image.height())) {
            // All tiles may take hours; one takes seconds.
            if (Thread.currentThread().isInterrupted()) {
                throw new IllegalStateException("interrupted while a large image was labelled");
            }
            Segmentation part = segmenter.segment(image, tile, clock);
            mosaic.add(tile.core(), part);
            if (truth.mask().isPresent()) {
                confusion = confusion.plus(compare(truth.mask().get(), tile, part));
            }
        }
        return new LabelledImage(
                listed.file(),
                clock.time(Stage.ENCODE, mosaic::encode),
                truth.mask().isPresent() ? confusion : null,
                truth.problem().orElse(null),
                Instant.now());
    }

    private ConfusionMatrix compare(Mask truth, Tile tile, Segmentation part) {
        return clock.time(Stage.COMPARE, () -> ConfusionMatrix.of(numClasses, truth.crop(tile.core()), part.mask()));
    }
}
