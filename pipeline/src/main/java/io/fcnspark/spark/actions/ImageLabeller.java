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
    private final EntryBytes entries;
    private final ImageDecoder imageDecoder;
    private final Optional<TruthDecoder> truthDecoder;
    private final int numClasses;
    private final UnavailableImages unavailable;
    private final StageClock clock;

    /** A shard is read from its beginning to its end, whichever thread reads. */
    private final Turns turns = new Turns();

    private final ReadAhead<Task, Fetched, Decoded> decoded;
    private final Batches<Decoded, BatchShape> batches;
    private final ReadAhead<List<Decoded>, List<Decoded>, List<Segmented>> segmented;
    private final Deque<Segmented> ready = new ArrayDeque<>();

    /** When the engine last came to rest; its own thread alone looks at it. */
    private long idleSince = System.nanoTime();

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

    /** The bytes of an image and its truth, null where there are none, or why the storage gave one of them not at all. */
    private record Fetched(
            ListedImage listed,
            byte[] image,
            ImageException imageError,
            byte[] truth,
            ImageException truthError,
            IOException notGiven) {
        static Fetched rejected(ListedImage listed, ImageException error) {
            return new Fetched(listed, null, error, null, null, null);
        }
    }

    /**
     * Bytes that were read before they are asked for, or why not.
     *
     * @param rejected null if there are bytes
     * @param notGiven null if there are bytes
     */
    private record Given(byte[] bytes, ImageException rejected, IOException notGiven) {
        static Given of(Source source) {
            try {
                return new Given(source.read(), null, null);
            } catch (ImageException e) {
                return new Given(null, e, null);
            } catch (IOException e) {
                return new Given(null, null, e);
            }
        }

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

    /** What was read of a shard for an image; the truth is null if none of it is there. */
    private record Entry(Given image, Given truth) {}

    /** How bytes are read. */
    private interface Source {
        byte[] read() throws IOException, ImageException;
    }

    /** What the engine made of an image; null if there was none to give to it. */
    private record Segmented(Decoded image, Segmentation segmentation) {}

    /** An image with its truth, or what is wrong with either, or why the storage gave one of them not at all. */
    private record Decoded(
            ListedImage listed,
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
     * @param images those of a shard in the order of their places, for the sake of speed
     * @param files gives what is a file
     * @param entries gives what is in a shard
     * @param truthConvention how truth is stored; empty if there is none to compare with
     * @param maxPixels images with more pixels are rejected before they are decoded
     * @param batch images per run of the network, at most
     * @param unavailable gets the images that do not come out
     * @param clock measures
     */
    ImageLabeller(
            Iterator<ListedImage> images,
            Segmenter segmenter,
            FileBytes files,
            EntryBytes entries,
            Optional<LabelConvention> truthConvention,
            long maxPixels,
            int batch,
            UnavailableImages unavailable,
            StageClock clock) {
        this.clock = clock;
        this.unavailable = unavailable;
        this.segmenter = segmenter;
        this.files = files;
        this.entries = entries;
        this.imageDecoder = new ImageDecoder(maxPixels);
        this.truthDecoder = truthConvention.map(convention -> new TruthDecoder(convention, maxPixels));
        this.numClasses = segmenter.description().classes().size();
        this.decoded = new ReadAhead<>(
                new MappedIterator<>(images, this::task), this::fetch, this::decode, Decoded::bytes, READING);
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

    private Task task(ListedImage listed) {
        boolean entry = listed.place() != null && listed.problem() == null;
        return new Task(listed, entry ? turns.take() : null);
    }

    private Fetched fetch(Task task) {
        try {
            return task.isEntry() ? fetchEntry(task) : clock.time(Stage.READ, () -> fetchFile(task.listed()));
        } catch (IOException e) {
            return new Fetched(task.listed(), null, null, null, null, e);
        }
    }

    private Fetched fetchFile(ListedImage listed) {
        return fetched(
                listed,
                () -> {
                    if (listed.problem() != null) {
                        listed.problem().raise();
                    }
                    return file(listed.file().uri(), Code.UNREADABLE);
                },
                () -> file(listed.truth(), Code.TRUTH_MISSING));
    }

    /** What is in the shard is read in turn, truth that is a file of its own afterwards: others need not wait for it. */
    private Fetched fetchEntry(Task task) throws IOException {
        ListedImage listed = task.listed();
        // A turn is waited for, not read.
        Entry entry = turns.inTurn(task.turn(), () -> clock.time(Stage.READ, () -> readEntry(listed)));
        Source truth = entry.truth() == null ? () -> file(listed.truth(), Code.TRUTH_MISSING) : entry.truth()::orThrow;
        return clock.time(Stage.READ, () -> fetched(listed, entry.image()::orThrow, truth));
    }

    private Entry readEntry(ListedImage listed) {
        EntryPlace place = listed.place();
        Source image = () -> entries.read(
                listed.file(), place.shard(), place.offset(), listed.file().bytes());
        if (truthDecoder.isEmpty() || place.truthOffset() == null || listed.truth() == null) {
            return new Entry(Given.of(image), null);
        }
        Source truth = () -> entries.read(listed.file(), place.shard(), place.truthOffset(), place.truthBytes());
        if (place.truthOffset() < place.offset()) {
            Given first = Given.of(truth);
            return new Entry(Given.of(image), first);
        }
        return new Entry(Given.of(image), Given.of(truth));
    }

    private Fetched fetched(ListedImage listed, Source imageSource, Source truthSource) {
        try {
            byte[] image;
            try {
                image = imageSource.read();
            } catch (ImageException e) {
                return Fetched.rejected(listed, e);
            }
            if (truthDecoder.isEmpty()) {
                return new Fetched(listed, image, null, null, null, null);
            }
            try {
                if (listed.truth() == null) {
                    throw new ImageException(Code.TRUTH_MISSING, "no truth found for this image");
                }
                return new Fetched(listed, image, null, truthSource.read(), null, null);
            } catch (ImageException e) {
                return new Fetched(listed, image, null, null, e, null);
            }
        } catch (IOException e) {
            return new Fetched(listed, null, null, null, null, e);
        }
    }

    private byte[] file(String uri, Code codeIfAbsent) throws IOException, ImageException {
        try {
            return files.read(uri);
        } catch (FileNotFoundException e) {
            throw new ImageException(codeIfAbsent, "%s does not exist".formatted(uri), e);
        }
    }

    private Decoded decode(Fetched files) {
        return clock.time(Stage.DECODE, () -> decodeNow(files));
    }

    private Decoded decodeNow(Fetched files) {
        ListedImage listed = files.listed();
        if (files.image() == null) {
            return new Decoded(listed, null, files.imageError(), null, null, files.notGiven());
        }
        RgbImage image;
        try {
            image = imageDecoder.decode(files.image());
        } catch (ImageException e) {
            return new Decoded(listed, null, e, null, null, null);
        }
        if (files.truth() == null) {
            return new Decoded(listed, image, null, null, files.truthError(), null);
        }
        try {
            return new Decoded(listed, image, null, truth(listed, files.truth(), image), null, null);
        } catch (ImageException e) {
            return new Decoded(listed, image, null, null, e, null);
        }
    }

    private Mask truth(ListedImage listed, byte[] file, RgbImage image) throws ImageException {
        Mask truth = truthDecoder.orElseThrow().decode(file);
        if (truth.width() != image.width() || truth.height() != image.height()) {
            throw new ImageException(
                    Code.TRUTH_MISMATCH,
                    "truth %s has %dx%d pixels (width x height), the image %dx%d"
                            .formatted(listed.truth(), truth.width(), truth.height(), image.width(), image.height()));
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
            unavailable.add(image.listed().file().uri(), image.notGiven());
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
            return new LabelledImage(from.listed().file(), null, null, from.imageError(), Instant.now());
        }
        ConfusionMatrix confusion = from.truth() == null
                ? null
                : clock.time(
                        Stage.COMPARE,
                        () -> ConfusionMatrix.of(
                                numClasses, from.truth(), image.segmentation().mask()));
        return new LabelledImage(
                from.listed().file(), image.segmentation(), confusion, from.truthError(), Instant.now());
    }
}
