package io.fcnspark.spark.actions;

import io.fcnspark.engine.BatchShape;
import io.fcnspark.engine.PhaseListener.Phase;
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
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Labels the images of one partition: reads and decodes ahead, batches images of the same padded size, segments, and compares
 * with truth. Knows nothing of Spark. Every image given comes out once, whatever is wrong with it, unless the storage does not
 * give it; the order may change.
 *
 * <p>The engine runs in a thread of its own, with the next batch ready: what is done with the results does not keep it.
 *
 * <p>Memory does not grow with the number of images: 32 images at most are under way to the engine, decoded ones that wait are
 * bounded in bytes, at most four batches wait to be filled, and two are in the engine or done.
 */
final class ImageLabeller implements Iterator<LabelledImage>, AutoCloseable {
    /**
     * Ten readings at once hide 50 ms of latency from an engine that takes 200 images a second; the others are for objects that
     * take longer. Decoding costs processor time, which tasks share.
     */
    private static final ReadAhead.Limits READING = new ReadAhead.Limits(16, 2, 32, 64L << 20);

    /** One batch in the engine and one that is next. */
    private static final ReadAhead.Limits SEGMENTING = new ReadAhead.Limits(1, 1, 2, Long.MAX_VALUE);

    private final Segmenter segmenter;
    private final FileBytes files;
    private final ImageDecoder imageDecoder;
    private final Optional<TruthDecoder> truthDecoder;
    private final int numClasses;
    private final UnavailableImages unavailable;
    private final StageClock clock;

    private final ReadAhead<Task, Fetched, Decoded> decoded;
    private final Batches<Decoded, BatchShape> batches;
    private final ReadAhead<List<Decoded>, List<Decoded>, List<Segmented>> segmented;
    private final Deque<Segmented> ready = new ArrayDeque<>();

    /** When the engine last came to rest; its own thread alone looks at it. */
    private long idleSince = System.nanoTime();

    /**
     * An image to label.
     *
     * @param truth URI of its truth; null if there is none
     */
    record Task(ImageFile file, String truth) {}

    /** The files of an image and its truth, null where there are none, or why the storage gave one of them not at all. */
    private record Fetched(
            Task task,
            byte[] image,
            ImageException imageError,
            byte[] truth,
            ImageException truthError,
            IOException notGiven) {}

    /** What the engine made of an image; null if there was none to give to it. */
    private record Segmented(Decoded image, Segmentation segmentation) {}

    /** An image with its truth, or what is wrong with either, or why the storage gave one of them not at all. */
    private record Decoded(
            Task task,
            RgbImage image,
            ImageException imageError,
            Mask truth,
            ImageException truthError,
            IOException notGiven) {
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
     * @param clock measures
     */
    ImageLabeller(
            Iterator<Task> tasks,
            Segmenter segmenter,
            FileBytes files,
            Optional<LabelConvention> truthConvention,
            long maxPixels,
            int batch,
            UnavailableImages unavailable,
            StageClock clock) {
        this.clock = clock;
        this.unavailable = unavailable;
        this.segmenter = segmenter;
        this.files = files;
        this.imageDecoder = new ImageDecoder(maxPixels);
        this.truthDecoder = truthConvention.map(convention -> new TruthDecoder(convention, maxPixels));
        this.numClasses = segmenter.description().classes().size();
        this.decoded = new ReadAhead<>(tasks, this::fetch, this::decode, Decoded::bytes, READING);
        this.batches = new Batches<>(
                d -> segmenter.batchShape(d.image().width(), d.image().height()), batch);
        this.segmented = new ReadAhead<>(new BatchSource(), Function.identity(), this::segment, s -> 0, SEGMENTING);
    }

    @Override
    public boolean hasNext() {
        while (ready.isEmpty() && segmented.hasNext()) {
            ready.addAll(segmented.next());
        }
        return !ready.isEmpty();
    }

    @Override
    public LabelledImage next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return labelled(ready.removeFirst());
    }

    /** Returns when the engine does nothing any more. */
    @Override
    public void close() {
        decoded.close();
        segmented.closeAndWait();
    }

    private Fetched fetch(Task task) {
        return clock.time(Stage.READ, () -> fetchNow(task));
    }

    private Fetched fetchNow(Task task) {
        try {
            byte[] image;
            try {
                image = read(task.file().uri(), Code.UNREADABLE);
            } catch (ImageException e) {
                return new Fetched(task, null, e, null, null, null);
            }
            if (truthDecoder.isEmpty()) {
                return new Fetched(task, image, null, null, null, null);
            }
            try {
                return new Fetched(task, image, null, truthFile(task), null, null);
            } catch (ImageException e) {
                return new Fetched(task, image, null, null, e, null);
            }
        } catch (IOException e) {
            return new Fetched(task, null, null, null, null, e);
        }
    }

    private byte[] truthFile(Task task) throws IOException, ImageException {
        if (task.truth() == null) {
            throw new ImageException(Code.TRUTH_MISSING, "no truth found for this image under the truth folder");
        }
        return read(task.truth(), Code.TRUTH_MISSING);
    }

    private Decoded decode(Fetched files) {
        return clock.time(Stage.DECODE, () -> decodeNow(files));
    }

    private Decoded decodeNow(Fetched files) {
        Task task = files.task();
        if (files.image() == null) {
            return new Decoded(task, null, files.imageError(), null, null, files.notGiven());
        }
        RgbImage image;
        try {
            image = imageDecoder.decode(files.image());
        } catch (ImageException e) {
            return new Decoded(task, null, e, null, null, null);
        }
        if (files.truth() == null) {
            return new Decoded(task, image, null, null, files.truthError(), null);
        }
        try {
            return new Decoded(task, image, null, truth(task, files.truth(), image), null, null);
        } catch (ImageException e) {
            return new Decoded(task, image, null, null, e, null);
        }
    }

    private byte[] read(String uri, Code codeIfAbsent) throws IOException, ImageException {
        try {
            return files.read(uri);
        } catch (FileNotFoundException e) {
            throw new ImageException(codeIfAbsent, "%s does not exist".formatted(uri), e);
        }
    }

    private Mask truth(Task task, byte[] file, RgbImage image) throws ImageException {
        Mask truth = truthDecoder.orElseThrow().decode(file);
        if (truth.width() != image.width() || truth.height() != image.height()) {
            throw new ImageException(
                    Code.TRUTH_MISMATCH,
                    "truth %s has %dx%d pixels (width x height), the image %dx%d"
                            .formatted(task.truth(), truth.width(), truth.height(), image.width(), image.height()));
        }
        return truth;
    }

    /** What goes to the engine: batches, and what it only passes on, which comes alone. */
    private final class BatchSource implements Iterator<List<Decoded>> {
        private List<Decoded> next = List.of();

        @Override
        public boolean hasNext() {
            while (next.isEmpty() && decoded.hasNext()) {
                next = accept(decoded.next());
            }
            if (next.isEmpty() && !batches.isEmpty()) {
                next = batches.takeLargest();
            }
            return !next.isEmpty();
        }

        @Override
        public List<Decoded> next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            List<Decoded> batch = next;
            next = List.of();
            return batch;
        }
    }

    private List<Decoded> accept(Decoded image) {
        if (image.notGiven() != null) {
            unavailable.add(image.task().file().uri(), image.notGiven());
            return List.of();
        }
        unavailable.given();
        return image.image() == null ? List.of(image) : batches.add(image);
    }

    private List<Segmented> segment(List<Decoded> batch) {
        if (batch.get(0).image() == null) {
            return List.of(new Segmented(batch.get(0), null));
        }
        clock.add(Stage.WAIT, System.nanoTime() - idleSince);
        List<Segmentation> segmentations =
                segmenter.segment(batch.stream().map(Decoded::image).toList(), this::count);
        idleSince = System.nanoTime();
        return IntStream.range(0, batch.size())
                .mapToObj(i -> new Segmented(batch.get(i), segmentations.get(i)))
                .toList();
    }

    private void count(Phase phase, long nanos) {
        clock.add(
                switch (phase) {
                    case PREPROCESS -> Stage.PREPROCESS;
                    case NETWORK -> Stage.NETWORK;
                    case POSTPROCESS -> Stage.POSTPROCESS;
                },
                nanos);
    }

    private LabelledImage labelled(Segmented image) {
        Decoded from = image.image();
        if (image.segmentation() == null) {
            return new LabelledImage(from.task().file(), null, null, from.imageError(), Instant.now());
        }
        ConfusionMatrix confusion = from.truth() == null
                ? null
                : clock.time(
                        Stage.COMPARE,
                        () -> ConfusionMatrix.of(
                                numClasses, from.truth(), image.segmentation().mask()));
        return new LabelledImage(from.task().file(), image.segmentation(), confusion, from.truthError(), Instant.now());
    }
}
