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
import io.fcnspark.spark.tables.EntryPlace;
import io.fcnspark.spark.tables.ListedImage;
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
    private final EntryBytes entries;
    private final ImageDecoder imageDecoder;
    private final Optional<TruthDecoder> truthDecoder;
    private final int numClasses;
    private final UnavailableImages unavailable;

    /** A shard is read from its beginning to its end, whichever thread reads. */
    private final Turns turns = new Turns();

    private final ReadAhead<Task, Decoded> decoded;
    private final Batches<Decoded, BatchShape> batches;
    private final Deque<LabelledImage> ready = new ArrayDeque<>();

    /**
     * Bytes that were read, or why not. Null stands for those that were not asked for yet.
     *
     * @param rejected null if there are bytes
     * @param notGiven null if there are bytes
     */
    private record Given(byte[] bytes, ImageException rejected, IOException notGiven) {
        byte[] orThrow() throws IOException, ImageException {
            if (notGiven != null) {
                throw notGiven;
            }
            if (rejected != null) {
                throw rejected;
            }
            return bytes;
        }
    }

    /**
     * An image to label.
     *
     * @param turn when it is to be read; null if that does not matter
     */
    private record Task(ListedImage listed, Long turn) {
        /** A file, or what is not to be read at all, can have its turn at any time. */
        boolean isEntry() {
            return turn != null;
        }
    }

    /** An image with what had to be read in its turn. */
    private record Fetched(ListedImage listed, Given image, Given truth) {}

    /** An image with its truth, or what is wrong with either, or why the storage gave one of them not at all. */
    private record Decoded(
            ListedImage listed,
            RgbImage image,
            ImageException imageError,
            Mask truth,
            ImageException truthError,
            IOException notGiven) {
        Decoded(ListedImage listed, RgbImage image, ImageException imageError, Mask truth, ImageException truthError) {
            this(listed, image, imageError, truth, truthError, null);
        }

        long bytes() {
            return (image == null ? 0 : image.rgb().length)
                    + (truth == null ? 0 : (long) Character.BYTES * truth.labels().length);
        }
    }

    /**
     * @param images those of a shard in the order of their places, for the sake of speed
     * @param files gives what is a file
     * @param entries gives what is in a shard
     * @param truthConvention how truth is stored; empty if there is none to compare with
     * @param maxPixels images with more pixels are rejected before they are decoded
     * @param batch images per run of the network, at most
     * @param unavailable gets the images that do not come out
     */
    ImageLabeller(
            Iterator<ListedImage> images,
            Segmenter segmenter,
            FileBytes files,
            EntryBytes entries,
            Optional<LabelConvention> truthConvention,
            long maxPixels,
            int batch,
            UnavailableImages unavailable) {
        this.unavailable = unavailable;
        this.segmenter = segmenter;
        this.files = files;
        this.entries = entries;
        this.imageDecoder = new ImageDecoder(maxPixels);
        this.truthDecoder = truthConvention.map(convention -> new TruthDecoder(convention, maxPixels));
        this.numClasses = segmenter.description().classes().size();
        this.decoded = new ReadAhead<>(
                new MappedIterator<>(images, this::task),
                this::decode,
                Decoded::bytes,
                READERS,
                READ_AHEAD,
                WAITING_BYTES);
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

    private Task task(ListedImage listed) {
        boolean entry = listed.place() != null && listed.problem() == null;
        return new Task(listed, entry ? turns.take() : null);
    }

    private Fetched fetch(Task task) throws IOException {
        return task.isEntry()
                ? turns.inTurn(task.turn(), () -> fetchEntry(task.listed()))
                : new Fetched(task.listed(), null, null);
    }

    private Fetched fetchEntry(ListedImage listed) {
        EntryPlace place = listed.place();
        boolean truthToo = truthDecoder.isPresent() && place.truthOffset() != null && listed.truth() != null;
        boolean truthFirst = truthToo && place.truthOffset() < place.offset();
        Given before = truthFirst ? given(listed, place.truthOffset(), place.truthBytes()) : null;
        Given image = given(listed, place.offset(), listed.file().bytes());
        Given after = truthToo && !truthFirst ? given(listed, place.truthOffset(), place.truthBytes()) : null;
        return new Fetched(listed, image, truthFirst ? before : after);
    }

    private Given given(ListedImage listed, long offset, long bytes) {
        try {
            return new Given(entries.read(listed.file(), listed.place().shard(), offset, bytes), null, null);
        } catch (ImageException e) {
            return new Given(null, e, null);
        } catch (IOException e) {
            return new Given(null, null, e);
        }
    }

    private Decoded decode(Task task) {
        try {
            return decodeGiven(fetch(task));
        } catch (IOException e) {
            return new Decoded(task.listed(), null, null, null, null, e);
        }
    }

    private Decoded decodeGiven(Fetched fetched) throws IOException {
        ListedImage listed = fetched.listed();
        RgbImage image;
        try {
            if (listed.problem() != null) {
                listed.problem().raise();
            }
            image = imageDecoder.decode(bytes(fetched.image(), listed.file().uri(), Code.UNREADABLE));
        } catch (ImageException e) {
            return new Decoded(listed, null, e, null, null);
        }
        if (truthDecoder.isEmpty()) {
            return new Decoded(listed, image, null, null, null);
        }
        try {
            return new Decoded(listed, image, null, truth(fetched, image), null);
        } catch (ImageException e) {
            return new Decoded(listed, image, null, null, e);
        }
    }

    private byte[] bytes(Given given, String uri, Code codeIfAbsent) throws IOException, ImageException {
        try {
            return given == null ? files.read(uri) : given.orThrow();
        } catch (FileNotFoundException e) {
            throw new ImageException(codeIfAbsent, "%s does not exist".formatted(uri), e);
        }
    }

    private Mask truth(Fetched fetched, RgbImage image) throws IOException, ImageException {
        String uri = fetched.listed().truth();
        if (uri == null) {
            throw new ImageException(Code.TRUTH_MISSING, "no truth found for this image");
        }
        Mask truth = truthDecoder.get().decode(bytes(fetched.truth(), uri, Code.TRUTH_MISSING));
        if (truth.width() != image.width() || truth.height() != image.height()) {
            throw new ImageException(
                    Code.TRUTH_MISMATCH,
                    "truth %s has %dx%d pixels (width x height), the image %dx%d"
                            .formatted(uri, truth.width(), truth.height(), image.width(), image.height()));
        }
        return truth;
    }

    private void accept(Decoded image) {
        if (image.notGiven() != null) {
            unavailable.add(image.listed().file().uri(), image.notGiven());
            return;
        }
        unavailable.given();
        if (image.image() == null) {
            ready.add(new LabelledImage(image.listed().file(), null, null, image.imageError(), Instant.now()));
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
                decodedImage.listed().file(), segmentation, confusion, decodedImage.truthError(), Instant.now());
    }
}
