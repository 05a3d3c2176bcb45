package io.fcnspark.labelling;

import io.fcnspark.engine.BatchShape;
import io.fcnspark.engine.ConfidenceMap;
import io.fcnspark.engine.EncodedSegmentation;
import io.fcnspark.engine.Segmentation;
import io.fcnspark.engine.Segmenter;
import io.fcnspark.image.ImageException;
import io.fcnspark.image.RgbImage;
import io.fcnspark.metrics.ConfusionMatrix;
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
 * <p>The engine runs in a thread of its own, with the next batch ready: what is done with the results does not keep it. Images
 * too large for one pass go to a {@link TileLabeller} in that thread; those too large to be read ahead are also read there.
 *
 * <p>Memory does not grow with the number of images: 32 images at most are under way to the engine, of 16 MB each as files;
 * two, or three, are being decoded, which takes 96 MB each; decoded ones that wait are bounded in bytes; at most four batches
 * wait to be filled; two are in the engine or done. What is larger comes one after another, within a {@link HeapShare}.
 */
public final class ImageLabeller implements Iterator<LabelledImage>, AutoCloseable {
    /**
     * Ten readings at once hide 50 ms of latency from an engine that takes 200 images a second; the others are for objects that
     * take longer. Decoding costs processor time, which tasks share.
     */
    private static final ReadAhead.Limits READING = new ReadAhead.Limits(16, 2, 32, 64L << 20);

    /** One batch in the engine and one that is next. */
    private static final ReadAhead.Limits SEGMENTING = new ReadAhead.Limits(1, 1, 2, Long.MAX_VALUE);

    /** A file that is longer is not read ahead: a JPEG of 32 megapixels hardly is. */
    private static final long LARGE_FILE = 16L << 20;

    /** An image whose decoding takes more is not decoded ahead: a photograph of 32 megapixels takes as much. */
    private static final long LARGE_IMAGE = 96L << 20;

    private final Segmenter segmenter;
    private final ListedBytes bytes;
    private final BoundedDecoder decoder;
    private final TileLabeller tileLabeller;
    private final ConfidenceMap confidenceMap;
    private final int numClasses;
    private final UnavailableImages unavailable;
    private final StageClock clock;

    /** A shard is read from its beginning to its end, whichever thread reads. */
    private final Turns turns = new Turns();

    private final ReadAhead<Task, Fetched, Decoded> decoded;
    private final Batches<Decoded.Pixels, BatchShape> batches;
    private final ReadAhead<Work, Work, List<Result>> segmented;
    private final Deque<LabelledImage> ready = new ArrayDeque<>();

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

    /** What was read of an image. */
    private sealed interface Fetched {
        ListedImage listed();

        /** Nothing: it is too large to be read ahead. */
        record Later(ListedImage listed) implements Fetched {}

        /**
         * Its file.
         *
         * @param truth empty if it was not read: it was not asked for, or the image cannot be used
         */
        record File(ListedImage listed, Given image, Optional<Given> truth) implements Fetched {}
    }

    /** What the storage said to a request for bytes. */
    private sealed interface Given {
        byte[] orThrow() throws IOException, ImageException;

        static Given of(Source source) {
            try {
                return new Bytes(source.read());
            } catch (ImageException e) {
                return new Rejected(e);
            } catch (IOException e) {
                return new Refused(e);
            }
        }

        record Bytes(byte[] bytes) implements Given {
            @Override
            public byte[] orThrow() {
                return bytes;
            }
        }

        /** There are bytes that nobody may use, or there is nothing. */
        record Rejected(ImageException reason) implements Given {
            @Override
            public byte[] orThrow() throws ImageException {
                throw reason;
            }
        }

        /** The storage does not give what is there. */
        record Refused(IOException reason) implements Given {
            @Override
            public byte[] orThrow() throws IOException {
                throw reason;
            }
        }
    }

    /** How bytes are read. */
    private interface Source {
        byte[] read() throws IOException, ImageException;
    }

    /** What an image is before it comes to the engine. */
    private sealed interface Decoded {
        /** Bytes that wait in memory. */
        default long bytes() {
            return 0;
        }

        /** Too large to be read or decoded ahead. */
        record Later(ListedImage listed) implements Decoded {}

        /** Not to be labelled, ever. */
        record Rejected(ListedImage listed, ImageException reason) implements Decoded {}

        /** The storage did not give it, or its truth. */
        record Refused(ListedImage listed, IOException reason) implements Decoded {}

        /** To be labelled. */
        record Pixels(ListedImage listed, RgbImage image, Truth truth) implements Decoded {
            @Override
            public long bytes() {
                long labels = truth.mask().map(mask -> mask.labels().length).orElse(0);
                return image.rgb().length + Character.BYTES * labels;
            }
        }
    }

    /** What the engine's thread does at a time. */
    private interface Work {
        List<Result> run();
    }

    /** What the engine's thread made of an image; the rest is done by whoever asks for it. */
    private interface Result {
        /** What became of it; empty if the storage did not give it or its truth. */
        Optional<LabelledImage> finish();
    }

    /**
     * @param images those of a shard in the order of their places, for the sake of speed
     * @param bytes read by many threads, but entries of shards by one at a time, in that order
     * @param decoder closed with this
     * @param tileLabeller gets what is too large for one pass or for being read ahead
     * @param batch images per run of the network, at most
     * @param unavailable gets the images that do not come out
     * @param clock measures
     */
    public ImageLabeller(
            Iterator<ListedImage> images,
            Segmenter segmenter,
            ListedBytes bytes,
            BoundedDecoder decoder,
            TileLabeller tileLabeller,
            ConfidenceMap confidenceMap,
            int batch,
            UnavailableImages unavailable,
            StageClock clock) {
        this.clock = clock;
        this.unavailable = unavailable;
        this.segmenter = segmenter;
        this.bytes = bytes;
        this.decoder = decoder;
        this.tileLabeller = tileLabeller;
        this.confidenceMap = confidenceMap;
        this.numClasses = segmenter.description().classes().size();
        this.decoded = new ReadAhead<>(
                new MappedIterator<>(images, this::task), this::fetch, this::decode, Decoded::bytes, READING);
        this.batches = new Batches<>(
                d -> segmenter.batchShape(d.image().width(), d.image().height()), batch);
        this.segmented = new ReadAhead<>(new WorkSource(), Function.identity(), Work::run, s -> 0, SEGMENTING);
    }

    @Override
    public boolean hasNext() {
        while (ready.isEmpty() && segmented.hasNext()) {
            segmented.next().forEach(result -> result.finish().ifPresent(ready::add));
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

    /** Returns when the engine does nothing any more. */
    @Override
    public void close() {
        decoded.close();
        segmented.closeAndWait();
        decoder.close();
    }

    private Task task(ListedImage listed) {
        boolean entry = listed.place() != null && listed.problem() == null;
        return new Task(listed, entry ? turns.take() : null);
    }

    private Fetched fetch(Task task) {
        ListedImage listed = task.listed();
        if (!task.isEntry()) {
            return clock.time(Stage.READ, () -> withTruth(fetchImage(listed)));
        }
        try {
            // A turn is waited for, not read.
            Fetched entry = turns.inTurn(task.turn(), () -> clock.time(Stage.READ, () -> fetchEntry(listed)));
            // Truth that is a file of its own is read afterwards: others need not wait for it.
            return clock.time(Stage.READ, () -> withTruth(entry));
        } catch (IOException e) {
            return new Fetched.File(listed, new Given.Refused(e), Optional.empty());
        }
    }

    /** What is in the shard of an image, in the order of the shard. */
    private Fetched fetchEntry(ListedImage listed) {
        EntryPlace place = listed.place();
        if (place.truthOffset() == null || !decoder.wantsTruth()) {
            return fetchImage(listed);
        }
        if (place.offset() < place.truthOffset()) {
            return withTruth(fetchImage(listed));
        }
        if (isLargeFile(listed)) {
            return new Fetched.Later(listed);
        }
        Given truth = Given.of(() -> bytes.truth(listed));
        return new Fetched.File(listed, Given.of(() -> bytes.image(listed)), Optional.of(truth));
    }

    private Fetched fetchImage(ListedImage listed) {
        return isLargeFile(listed)
                ? new Fetched.Later(listed)
                : new Fetched.File(listed, Given.of(() -> bytes.image(listed)), Optional.empty());
    }

    private Fetched withTruth(Fetched fetched) {
        return fetched instanceof Fetched.File file
                        && file.image() instanceof Given.Bytes
                        && file.truth().isEmpty()
                        && decoder.wantsTruth()
                ? new Fetched.File(file.listed(), file.image(), Optional.of(Given.of(() -> bytes.truth(file.listed()))))
                : fetched;
    }

    private static boolean isLargeFile(ListedImage listed) {
        Long image = listed.file().bytes();
        Long truth = listed.place() == null ? null : listed.place().truthBytes();
        return (image != null && image > LARGE_FILE) || (truth != null && truth > LARGE_FILE);
    }

    private Decoded decode(Fetched fetched) {
        return fetched instanceof Fetched.File file
                ? clock.time(Stage.DECODE, () -> decodeNow(file))
                : new Decoded.Later(fetched.listed());
    }

    private Decoded decodeNow(Fetched.File fetched) {
        ListedImage listed = fetched.listed();
        try {
            byte[] file = fetched.image().orThrow();
            if (decoder.heapBytes(file) > LARGE_IMAGE) {
                return new Decoded.Later(listed);
            }
            RgbImage image = decoder.image(file);
            return new Decoded.Pixels(listed, image, truth(fetched, image));
        } catch (ImageException e) {
            return new Decoded.Rejected(listed, e);
        } catch (IOException e) {
            return new Decoded.Refused(listed, e);
        }
    }

    private Truth truth(Fetched.File fetched, RgbImage image) throws IOException {
        if (fetched.truth().isEmpty()) {
            return Truth.NONE;
        }
        try {
            byte[] file = fetched.truth().get().orThrow();
            return new Truth.Labels(decoder.truth(file, fetched.listed().truth(), image));
        } catch (ImageException e) {
            return new Truth.Unusable(e);
        }
    }

    /** What goes to the engine: batches, and alone what is labelled in tiles or only passed on. */
    private final class WorkSource implements Iterator<Work> {
        private Optional<Work> next = Optional.empty();

        @Override
        public boolean hasNext() {
            while (next.isEmpty() && decoded.hasNext()) {
                next = accept(decoded.next());
            }
            if (next.isEmpty() && !batches.isEmpty()) {
                next = Optional.of(together(batches.takeLargest()));
            }
            return next.isPresent();
        }

        @Override
        public Work next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            Work work = next.orElseThrow();
            next = Optional.empty();
            return work;
        }
    }

    /** What an image gives the engine to do; empty if nothing, or nothing yet. */
    private Optional<Work> accept(Decoded decoded) {
        if (decoded instanceof Decoded.Later later) {
            return Optional.of(inEngine(() -> List.of(readAndLabel(later.listed()))));
        }
        if (decoded instanceof Decoded.Refused refused) {
            unavailable.add(refused.listed().file().uri(), refused.reason());
            return Optional.empty();
        }
        unavailable.given();
        if (decoded instanceof Decoded.Rejected rejected) {
            return Optional.of(() -> List.of(() -> Optional.of(
                    new LabelledImage(rejected.listed().file(), null, null, rejected.reason(), Instant.now()))));
        }
        Decoded.Pixels pixels = (Decoded.Pixels) decoded;
        if (tileLabeller.isTiled(pixels.image())) {
            return Optional.of(inEngine(() -> {
                LabelledImage labelled = tileLabeller.label(pixels.listed(), pixels.image(), pixels.truth());
                return List.of(() -> Optional.of(labelled));
            }));
        }
        List<Decoded.Pixels> batch = batches.add(pixels);
        return batch.isEmpty() ? Optional.empty() : Optional.of(together(batch));
    }

    private Work together(List<Decoded.Pixels> batch) {
        return inEngine(() -> segmentTogether(batch));
    }

    /** Counts how long the engine waited for it. */
    private Work inEngine(Work work) {
        return () -> {
            clock.add(Stage.WAIT, System.nanoTime() - idleSince);
            List<Result> results = work.run();
            idleSince = System.nanoTime();
            return results;
        };
    }

    private Result readAndLabel(ListedImage listed) {
        try {
            LabelledImage labelled = tileLabeller.label(listed);
            return () -> {
                unavailable.given();
                return Optional.of(labelled);
            };
        } catch (IOException e) {
            return () -> {
                unavailable.add(listed.file().uri(), e);
                return Optional.empty();
            };
        }
    }

    private List<Result> segmentTogether(List<Decoded.Pixels> batch) {
        List<Segmentation> segmentations =
                segmenter.segment(batch.stream().map(Decoded.Pixels::image).toList(), clock);
        return IntStream.range(0, batch.size())
                .<Result>mapToObj(i -> () -> Optional.of(labelled(batch.get(i), segmentations.get(i))))
                .toList();
    }

    private LabelledImage labelled(Decoded.Pixels from, Segmentation segmentation) {
        ConfusionMatrix confusion = from.truth()
                .mask()
                .map(truth ->
                        clock.time(Stage.COMPARE, () -> ConfusionMatrix.of(numClasses, truth, segmentation.mask())))
                .orElse(null);
        EncodedSegmentation encoded =
                clock.time(Stage.ENCODE, () -> EncodedSegmentation.of(segmentation, numClasses, confidenceMap));
        return new LabelledImage(
                from.listed().file(), encoded, confusion, from.truth().problem().orElse(null), Instant.now());
    }
}
