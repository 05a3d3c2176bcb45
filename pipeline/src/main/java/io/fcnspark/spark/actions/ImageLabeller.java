package io.fcnspark.spark.actions;

import io.fcnspark.engine.BatchShape;
import io.fcnspark.engine.Segmentation;
import io.fcnspark.engine.Segmenter;
import io.fcnspark.image.ImageDecoder;
import io.fcnspark.image.ImageException;
import io.fcnspark.image.ImageException.Code;
import io.fcnspark.image.RgbImage;
import io.fcnspark.labels.LabelConvention;
import io.fcnspark.labels.Mask;
import io.fcnspark.labels.TruthDecoder;
import io.fcnspark.metrics.ConfusionMatrix;
import io.fcnspark.spark.tables.ImageFile;
import java.io.FileNotFoundException;
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
 * with truth. Knows nothing of Spark. Every image given comes out once, whatever is wrong with it, unless the storage does not
 * give it; the order may change.
 *
 * <p>Memory does not grow with the number of images: {@value #READ_AHEAD} images at most are under way, decoded ones that
 * wait are bounded in bytes, and at most four batches wait to be filled.
 */
final class ImageLabeller implements Iterator<LabelledImage>, AutoCloseable {
    /** Enough to hide 50 ms of latency per object from an engine that takes 200 images a second. */
    private static final int READERS = 4;

    private static final int READ_AHEAD = 32;
    private static final long WAITING_BYTES = 64L << 20;

    private final Segmenter segmenter;
    private final FileBytes files;
    private final ImageDecoder imageDecoder;
    private final Optional<TruthDecoder> truthDecoder;
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
    record Task(ImageFile file, String truth) {}

    /** An image with its truth, or what is wrong with either, or why the storage gave one of them not at all. */
    private record Decoded(
            Task task,
            RgbImage image,
            ImageException imageError,
            Mask truth,
            ImageException truthError,
            IOException notGiven) {
        Decoded(Task task, RgbImage image, ImageException imageError, Mask truth, ImageException truthError) {
            this(task, image, imageError, truth, truthError, null);
        }

        long bytes() {
            return (image == null ? 0 : image.rgb().length)
                    + (truth == null ? 0 : (long) Character.BYTES * truth.labels().length);
        }
    }

    /**
     * @param truthConvention how truth is stored; empty if there is none to compare with
     * @param maxPixels images with more pixels are rejected before they are decoded
     * @param batch images per run of the network, at most
     * @param unavailable gets the images that do not come out
     */
    ImageLabeller(
            Iterator<Task> tasks,
            Segmenter segmenter,
            FileBytes files,
            Optional<LabelConvention> truthConvention,
            long maxPixels,
            int batch,
            UnavailableImages unavailable) {
        this.unavailable = unavailable;
        this.segmenter = segmenter;
        this.files = files;
        this.imageDecoder = new ImageDecoder(maxPixels);
        this.truthDecoder = truthConvention.map(convention -> new TruthDecoder(convention, maxPixels));
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
    }

    private Decoded decode(Task task) {
        try {
            return decodeGiven(task);
        } catch (IOException e) {
            return new Decoded(task, null, null, null, null, e);
        }
    }

    private Decoded decodeGiven(Task task) throws IOException {
        RgbImage image;
        try {
            image = imageDecoder.decode(read(task.file().uri(), Code.UNREADABLE));
        } catch (ImageException e) {
            return new Decoded(task, null, e, null, null);
        }
        if (truthDecoder.isEmpty()) {
            return new Decoded(task, image, null, null, null);
        }
        try {
            return new Decoded(task, image, null, truth(task, image), null);
        } catch (ImageException e) {
            return new Decoded(task, image, null, null, e);
        }
    }

    private byte[] read(String uri, Code codeIfAbsent) throws IOException, ImageException {
        try {
            return files.read(uri);
        } catch (FileNotFoundException e) {
            throw new ImageException(codeIfAbsent, "%s does not exist".formatted(uri), e);
        }
    }

    private Mask truth(Task task, RgbImage image) throws IOException, ImageException {
        if (task.truth() == null) {
            throw new ImageException(Code.TRUTH_MISSING, "no truth found for this image under the truth folder");
        }
        Mask truth = truthDecoder.get().decode(read(task.truth(), Code.TRUTH_MISSING));
        if (truth.width() != image.width() || truth.height() != image.height()) {
            throw new ImageException(
                    Code.TRUTH_MISMATCH,
                    "truth %s has %dx%d pixels (width x height), the image %dx%d"
                            .formatted(task.truth(), truth.width(), truth.height(), image.width(), image.height()));
        }
        return truth;
    }

    private void accept(Decoded image) {
        if (image.notGiven() != null) {
            unavailable.add(image.task().file().uri(), image.notGiven());
            return;
        }
        unavailable.given();
        if (image.image() == null) {
            ready.add(new LabelledImage(image.task().file(), null, null, image.imageError(), Instant.now()));
        } else {
            segment(batches.add(image));
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
                decodedImage.task().file(), segmentation, confusion, decodedImage.truthError(), Instant.now());
    }
}
