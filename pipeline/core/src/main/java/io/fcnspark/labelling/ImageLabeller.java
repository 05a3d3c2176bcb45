package io.fcnspark.labelling;

import io.fcnspark.engine.BatchShape;
import io.fcnspark.engine.ConfidenceMap;
import io.fcnspark.engine.EncodedSegmentation;
import io.fcnspark.engine.Segmentation;
import io.fcnspark.engine.Segmenter;
import io.fcnspark.image.ImageException;
import io.fcnspark.image.RgbImage;
import io.fcnspark.labels.Mask;
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
    private final Batches<Decoded, BatchShape> batches;
    private final ReadAhead<List<Decoded>, List<Decoded>, List<Result>> segmented;
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

    /**
     * What was read of an image.
     *
     * @param image null if it is too large to be read ahead
     * @param truth null if it was not read: it was not asked for, or the image cannot be used
     */
    private record Fetched(ListedImage listed, Given image, Given truth) {}

    /**
     * Bytes, or why there are none.
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

    /** How bytes are read. */
    private interface Source {
        byte[] read() throws IOException, ImageException;
    }

    /**
     * An image with its truth, or what is wrong with either, or why the storage gave one of them not at all. Where all is null,
     * it was too large to be read ahead.
     */
    private record Decoded(
            ListedImage listed,
            RgbImage image,
            ImageException imageError,
            Mask truth,
            ImageException truthError,
            IOException notGiven) {
        static Decoded later(ListedImage listed) {
            return new Decoded(listed, null, null, null, null, null);
        }

        static Decoded rejected(ListedImage listed, ImageException error) {
            return new Decoded(listed, null, error, null, null, null);
        }

        static Decoded notGiven(ListedImage listed, IOException reason) {
            return new Decoded(listed, null, null, null, null, reason);
        }

        boolean isLater() {
            return image == null && imageError == null && notGiven == null;
        }

        long bytes() {
            return (image == null ? 0 : image.rgb().length)
                    + (truth == null ? 0 : (long) Character.BYTES * truth.labels().length);
        }
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
        this.segmented = new ReadAhead<>(new BatchSource(), Function.identity(), this::segment, s -> 0, SEGMENTING);
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
            return new Fetched(listed, new Given(null, null, e), null);
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
            return new Fetched(listed, null, null);
        }
        Given truth = Given.of(() -> bytes.truth(listed));
        return new Fetched(listed, Given.of(() -> bytes.image(listed)), truth);
    }

    private Fetched fetchImage(ListedImage listed) {
        return new Fetched(listed, isLargeFile(listed) ? null : Given.of(() -> bytes.image(listed)), null);
    }

    private Fetched withTruth(Fetched fetched) {
        boolean usable = fetched.image() != null && fetched.image().bytes() != null;
        return usable && fetched.truth() == null && decoder.wantsTruth()
                ? new Fetched(fetched.listed(), fetched.image(), Given.of(() -> bytes.truth(fetched.listed())))
                : fetched;
    }

    private static boolean isLargeFile(ListedImage listed) {
        Long image = listed.file().bytes();
        Long truth = listed.place() == null ? null : listed.place().truthBytes();
        return (image != null && image > LARGE_FILE) || (truth != null && truth > LARGE_FILE);
    }

    private Decoded decode(Fetched fetched) {
        return fetched.image() == null
                ? Decoded.later(fetched.listed())
                : clock.time(Stage.DECODE, () -> decodeNow(fetched));
    }

    private Decoded decodeNow(Fetched fetched) {
        ListedImage listed = fetched.listed();
        RgbImage image;
        try {
            byte[] file = fetched.image().orThrow();
            if (decoder.heapBytes(file) > LARGE_IMAGE) {
                return Decoded.later(listed);
            }
            image = decoder.image(file);
        } catch (ImageException e) {
            return Decoded.rejected(listed, e);
        } catch (IOException e) {
            return Decoded.notGiven(listed, e);
        }
        if (fetched.truth() == null) {
            return new Decoded(listed, image, null, null, null, null);
        }
        try {
            Mask truth = decoder.truth(fetched.truth().orThrow(), listed.truth(), image);
            return new Decoded(listed, image, null, truth, null, null);
        } catch (ImageException e) {
            return new Decoded(listed, image, null, null, e, null);
        } catch (IOException e) {
            return Decoded.notGiven(listed, e);
        }
    }

    /** What goes to the engine: batches, and alone what is labelled in tiles or only passed on. */
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
        if (image.isLater()) {
            return List.of(image);
        }
        if (image.notGiven() != null) {
            unavailable.add(image.listed().file().uri(), image.notGiven());
            return List.of();
        }
        unavailable.given();
        return image.image() == null || tileLabeller.isTiled(image.image()) ? List.of(image) : batches.add(image);
    }

    /** In the engine's thread. */
    private List<Result> segment(List<Decoded> batch) {
        Decoded first = batch.get(0);
        if (first.imageError() != null) {
            return List.of(() -> Optional.of(
                    new LabelledImage(first.listed().file(), null, null, first.imageError(), Instant.now())));
        }
        clock.add(Stage.WAIT, System.nanoTime() - idleSince);
        List<Result> results;
        if (first.isLater()) {
            results = List.of(readAndLabel(first.listed()));
        } else if (tileLabeller.isTiled(first.image())) {
            LabelledImage labelled = tileLabeller.label(
                    first.listed(), first.image(), Optional.ofNullable(first.truth()), first.truthError());
            results = List.of(() -> Optional.of(labelled));
        } else {
            results = segmentTogether(batch);
        }
        idleSince = System.nanoTime();
        return results;
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

    private List<Result> segmentTogether(List<Decoded> batch) {
        List<Segmentation> segmentations =
                segmenter.segment(batch.stream().map(Decoded::image).toList(), clock);
        return IntStream.range(0, batch.size())
                .<Result>mapToObj(i -> () -> Optional.of(labelled(batch.get(i), segmentations.get(i))))
                .toList();
    }

    private LabelledImage labelled(Decoded from, Segmentation segmentation) {
        ConfusionMatrix confusion = from.truth() == null
                ? null
                : clock.time(Stage.COMPARE, () -> ConfusionMatrix.of(numClasses, from.truth(), segmentation.mask()));
        EncodedSegmentation encoded =
                clock.time(Stage.ENCODE, () -> EncodedSegmentation.of(segmentation, numClasses, confidenceMap));
        return new LabelledImage(from.listed().file(), encoded, confusion, from.truthError(), Instant.now());
    }
}
