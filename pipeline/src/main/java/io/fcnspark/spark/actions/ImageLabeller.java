package io.fcnspark.spark.actions;

import io.fcnspark.engine.BatchShape;
import io.fcnspark.engine.ConfidenceMap;
import io.fcnspark.engine.EncodedSegmentation;
import io.fcnspark.engine.Segmentation;
import io.fcnspark.engine.Segmenter;
import io.fcnspark.image.ImageException;
import io.fcnspark.image.RgbImage;
import io.fcnspark.labels.Mask;
import io.fcnspark.metrics.ConfusionMatrix;
import io.fcnspark.spark.tables.ImageFile;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * Labels the images of one partition: reads and decodes ahead, batches images of the same padded size, segments, and compares
 * with truth; images too large for that go to a {@link TileLabeller}, one after another. Knows nothing of Spark. Every image
 * given comes out once, whatever is wrong with it, unless the storage does not give it; the order may change.
 *
 * <p>Memory does not grow with the number of images: {@value #READ_AHEAD} images at most are under way, decoded ones that
 * wait are bounded in bytes, and at most four batches wait to be filled.
 */
final class ImageLabeller implements Iterator<LabelledImage>, AutoCloseable {
    /** Enough to hide 50 ms of latency per object from an engine that takes 200 images a second. */
    private static final int READERS = 4;

    private static final int READ_AHEAD = 32;
    private static final long WAITING_BYTES = 64L << 20;

    /** An image whose file, or whose decoding, takes more is not read ahead: a photograph of 32 megapixels takes as much. */
    private static final long LARGE_BYTES = 96L << 20;

    private final Segmenter segmenter;
    private final LabelInputs inputs;
    private final TileLabeller tileLabeller;
    private final ConfidenceMap confidenceMap;
    private final int numClasses;
    private final UnavailableImages unavailable;

    private final ReadAhead<Task, Decoded> decoded;
    private final Batches<Decoded, BatchShape> batches;
    private final Deque<LabelledImage> ready = new ArrayDeque<>();

    /**
     * An image to label.
     *
     * @param truth URI of its truth; null if there is none
     */
    record Task(ImageFile file, String truth) {
        /** Length of the image's file as listed; 0 if it was not there. */
        long bytes() {
            return file.bytes() == null ? 0 : file.bytes();
        }
    }

    /** An image with its truth, or what is wrong with either. Where all is null, it was too large to be read ahead. */
    private record Decoded(
            Task task,
            RgbImage image,
            ImageException imageError,
            Mask truth,
            ImageException truthError,
            IOException notGiven) {
        static Decoded tooLargeForNow(Task task) {
            return new Decoded(task, null, null, null, null, null);
        }

        static Decoded failed(Task task, ImageException error) {
            return new Decoded(task, null, error, null, null, null);
        }

        static Decoded notGiven(Task task, IOException reason) {
            return new Decoded(task, null, null, null, null, reason);
        }

        long bytes() {
            return (image == null ? 0 : image.rgb().length)
                    + (truth == null ? 0 : (long) Character.BYTES * truth.labels().length);
        }
    }

    /**
     * @param inputs closed with this
     * @param batch images per run of the network, at most
     * @param unavailable gets the images that do not come out
     */
    ImageLabeller(
            Iterator<Task> tasks,
            Segmenter segmenter,
            LabelInputs inputs,
            TileLabeller tileLabeller,
            ConfidenceMap confidenceMap,
            int batch,
            UnavailableImages unavailable) {
        this.unavailable = unavailable;
        this.segmenter = segmenter;
        this.inputs = inputs;
        this.tileLabeller = tileLabeller;
        this.confidenceMap = confidenceMap;
        this.numClasses = segmenter.description().classes().size();
        this.decoded = new ReadAhead<>(tasks, this::decode, Decoded::bytes, READERS, READ_AHEAD, WAITING_BYTES);
        this.batches = new Batches<>(
                d -> segmenter.batchShape(d.image().width(), d.image().height()), batch);
    }

    @Override
    public boolean hasNext() {
        while (ready.isEmpty() && decoded.hasNext()) {
            accept(decoded.next());
        }
        while (ready.isEmpty() && !batches.isEmpty()) {
            segment(batches.takeLargest());
        }
        return !ready.isEmpty();
    }

    @Override
    public LabelledImage next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return ready.removeFirst();
    }

    @Override
    public void close() {
        decoded.close();
        inputs.close();
    }

    private Decoded decode(Task task) {
        try {
            return decodeGiven(task);
        } catch (IOException e) {
            return Decoded.notGiven(task, e);
        }
    }

    private Decoded decodeGiven(Task task) throws IOException {
        RgbImage image;
        try {
            if (task.bytes() > LARGE_BYTES) {
                return Decoded.tooLargeForNow(task);
            }
            byte[] file = inputs.imageFile(task);
            if (inputs.heapBytes(file) > LARGE_BYTES) {
                return Decoded.tooLargeForNow(task);
            }
            image = inputs.decode(file);
        } catch (ImageException e) {
            return Decoded.failed(task, e);
        }
        try {
            Optional<Mask> truth = inputs.truth(task, image.width(), image.height());
            return new Decoded(task, image, null, truth.orElse(null), null, null);
        } catch (ImageException e) {
            return new Decoded(task, image, null, null, e, null);
        }
    }

    private void accept(Decoded image) {
        if (image.notGiven() != null) {
            unavailable.add(image.task().file().uri(), image.notGiven());
            return;
        }
        unavailable.given();
        if (image.imageError() != null) {
            ready.add(new LabelledImage(image.task().file(), null, null, image.imageError(), Instant.now()));
        } else if (image.image() == null) {
            labelLarge(image.task());
        } else if (tileLabeller.isTiled(image.image())) {
            ready.add(tileLabeller.label(
                    image.task(), image.image(), Optional.ofNullable(image.truth()), image.truthError()));
        } else {
            segment(batches.add(image));
        }
    }

    private void labelLarge(Task task) {
        try {
            ready.add(tileLabeller.label(task));
        } catch (IOException e) {
            unavailable.add(task.file().uri(), e);
        }
    }

    private void segment(List<Decoded> batch) {
        if (batch.isEmpty()) {
            return;
        }
        List<Segmentation> segmentations =
                segmenter.segment(batch.stream().map(Decoded::image).toList());
        for (int i = 0; i < batch.size(); i++) {
            ready.add(labelled(batch.get(i), segmentations.get(i)));
        }
    }

    private LabelledImage labelled(Decoded decodedImage, Segmentation segmentation) {
        ConfusionMatrix confusion = decodedImage.truth() == null
                ? null
                : ConfusionMatrix.of(numClasses, decodedImage.truth(), segmentation.mask());
        return new LabelledImage(
                decodedImage.task().file(),
                EncodedSegmentation.of(segmentation, numClasses, confidenceMap),
                confusion,
                decodedImage.truthError(),
                Instant.now());
    }
}
