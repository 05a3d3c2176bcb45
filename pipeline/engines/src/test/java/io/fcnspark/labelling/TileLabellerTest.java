package io.fcnspark.labelling;

import static org.assertj.core.api.Assertions.assertThat;

import io.fcnspark.engine.ConfidenceMap;
import io.fcnspark.engine.Segmenter;
import io.fcnspark.image.ImageDecoder;
import io.fcnspark.image.ImageException;
import io.fcnspark.image.ImageException.Code;
import io.fcnspark.image.RgbImage;
import io.fcnspark.labels.LabelConvention;
import io.fcnspark.labels.Mask;
import io.fcnspark.labels.MaskPng;
import io.fcnspark.metrics.ConfusionMatrix;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TileLabellerTest {
    private static final long MAX_PIXELS = 2_000_000;
    private static final long TILE_PIXELS = 600_000;
    private static final int WIDTH = 1100;
    private static final int HEIGHT = 700;

    private final AtomicInteger reads = new AtomicInteger();
    private final AtomicInteger unavailable = new AtomicInteger();
    private final StageClock clock = new StageClock();

    @TempDir
    private Path folder;

    private Segmenter segmenter;
    private Path image;
    private Path truth;

    @BeforeEach
    void load() {
        segmenter = Fixtures.segmenter(folder.resolve("model"));
        image = Fixtures.picture(folder.resolve("large.png"), WIDTH, HEIGHT, 1);
        truth = Fixtures.truth(folder.resolve("truth.png"), WIDTH, HEIGHT, 2);
    }

    @AfterEach
    void unload() {
        segmenter.close();
    }

    private byte[] read(String uri) throws IOException {
        reads.incrementAndGet();
        try {
            return Files.readAllBytes(Path.of(uri));
        } catch (java.nio.file.NoSuchFileException e) {
            throw new FileNotFoundException(uri);
        }
    }

    private static BoundedDecoder decoder() {
        return new BoundedDecoder(Optional.of(LabelConvention.plain(Fixtures.CLASSES)), MAX_PIXELS);
    }

    /** Of files; an entry is where its offset says, 0 for the image. */
    private ListedBytes bytes() {
        return new ListedBytes(
                this::read,
                (listed, shard, offset, length) -> offset == 0 ? read(image.toString()) : read(truth.toString()));
    }

    private TileLabeller labeller(BoundedDecoder decoder, HeapShare heap) {
        return new TileLabeller(
                segmenter, Segmenter.tiling(TILE_PIXELS), bytes(), decoder, ConfidenceMap.WRITE, heap, clock);
    }

    private ListedImage file(long bytes) {
        return new ListedImage(new ImageFile(image.toString(), new Timestamp(0), bytes), truth.toString(), null, null);
    }

    private ListedImage entry(long bytes) {
        return new ListedImage(
                new ImageFile("a.tar!/large.png", new Timestamp(0), bytes),
                "a.tar!/truth.png",
                new EntryPlace("a.tar", 0, 1L, 1L),
                null);
    }

    private ImageLabeller viaImageLabeller(List<ListedImage> images, ListedBytes ahead) {
        BoundedDecoder decoder = decoder();
        return new ImageLabeller(
                images.iterator(),
                segmenter,
                ahead,
                decoder,
                labeller(decoder, new HeapShare(1 << 29)),
                ConfidenceMap.WRITE,
                1,
                new UnavailableImages(message -> unavailable.incrementAndGet()),
                clock);
    }

    private LabelledImage viaImageLabeller(ListedImage image) {
        try (ImageLabeller labeller = viaImageLabeller(List.of(image), bytes())) {
            LabelledImage labelled = labeller.next();
            assertThat(labeller.hasNext()).isFalse();
            return labelled;
        }
    }

    /** Whether it is decoded ahead of time, or only when there is room for it. */
    @Test
    void tilesMakeOneRowOfTheImage() throws Exception {
        RgbImage decoded = new ImageDecoder(MAX_PIXELS).decode(Files.readAllBytes(image));
        Mask whole = segmenter.segment(List.of(decoded)).get(0).mask();
        long size = Files.size(image);
        for (ListedImage listed : List.of(file(size), file(200L << 20), entry(size), entry(200L << 20))) {
            LabelledImage labelled = viaImageLabeller(listed);

            assertThat(labelled.error()).isNull();
            Mask mask = MaskPng.decode(labelled.segmentation().mask());
            assertThat(mask.width()).isEqualTo(WIDTH);
            assertThat(mask.height()).isEqualTo(HEIGHT);
            int equal = 0;
            for (int i = 0; i < mask.labels().length; i++) {
                equal += mask.labels()[i] == whole.labels()[i] ? 1 : 0;
            }
            assertThat(equal / (double) mask.labels().length).isGreaterThan(0.999);
            Mask truthMask = MaskPng.decode(Files.readAllBytes(truth), Fixtures.CLASSES.ignoreLabel());
            assertThat(labelled.confusion()).isEqualTo(ConfusionMatrix.of(Fixtures.CLASSES.size(), truthMask, mask));
            assertThat(labelled.segmentation().confidence()).isPresent();
        }
    }

    @Test
    void whatDoesNotFitTheHeapIsRefusedBeforeItIsDecoded() throws IOException {
        try (BoundedDecoder decoder = decoder()) {
            LabelledImage labelled = labeller(decoder, new HeapShare(4 << 20)).label(file(Files.size(image)));

            assertThat(labelled.segmentation()).isNull();
            assertThat(labelled.error().code()).isEqualTo(Code.TOO_LARGE);
            assertThat(labelled.error())
                    .hasMessageMatching(
                            "labelling it takes \\d+ MiB of heap, and large images may take 4 MiB here, .*");
        }
    }

    @Test
    void aFileThatClaimsTerabytesIsNotEvenRead() throws IOException {
        try (BoundedDecoder decoder = decoder()) {
            LabelledImage labelled = labeller(decoder, new HeapShare(64 << 20)).label(file(1L << 42));

            assertThat(labelled.error().code()).isEqualTo(Code.TOO_LARGE);
            assertThat(reads).hasValue(0);
        }
    }

    @Test
    void anImageWaitsForTheHeapThatAnotherHolds() throws Exception {
        HeapShare heap = new HeapShare(16 << 20);
        try (BoundedDecoder decoder = decoder()) {
            CompletableFuture<LabelledImage> waiting;
            try (HeapShare.Reservation other = heap.acquire(15 << 20)) {
                assertThat(other.extendTo(16 << 20)).isTrue();
                waiting = CompletableFuture.supplyAsync(() -> label(decoder, heap));
                TimeUnit.MILLISECONDS.sleep(300);
                assertThat(waiting).isNotDone();
            }
            assertThat(waiting.get(30, TimeUnit.SECONDS).error()).isNull();
        }
    }

    /** It gives back what the file took while it waits for what decoding takes, and reads it again. */
    @Test
    void anImageThatTurnsOutToBeLargeDoesNotHoldWhatOthersNeed() throws Exception {
        HeapShare heap = new HeapShare(16 << 20);
        try (BoundedDecoder decoder = decoder()) {
            CompletableFuture<LabelledImage> waiting;
            HeapShare.Reservation other = heap.acquire(10 << 20);
            try (other) {
                waiting = CompletableFuture.supplyAsync(() -> label(decoder, heap));
                while (reads.get() == 0) {
                    TimeUnit.MILLISECONDS.sleep(10);
                }
                TimeUnit.MILLISECONDS.sleep(300);
                assertThat(waiting).isNotDone();
            }
            assertThat(waiting.get(30, TimeUnit.SECONDS).error()).isNull();
            // The image twice, the truth once.
            assertThat(reads).hasValue(3);
        }
    }

    private LabelledImage label(BoundedDecoder decoder, HeapShare heap) {
        try {
            return labeller(decoder, heap).label(file(Files.size(image)));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void badTruthCostsNoLabels() throws Exception {
        Fixtures.truth(truth, WIDTH, HEIGHT - 1, 2);

        LabelledImage labelled = viaImageLabeller(file(200L << 20));

        assertThat(labelled.error().code()).isEqualTo(Code.TRUTH_MISMATCH);
        assertThat(labelled.error()).hasMessageContaining("1100x699 pixels (width x height), the image 1100x700");
        assertThat(labelled.segmentation().width()).isEqualTo(WIDTH);
        assertThat(labelled.confusion()).isNull();
    }

    @Test
    void aFileThatIsGoneOrNoImageIsARow() throws Exception {
        Files.write(image, new byte[] {1, 2, 3});
        assertThat(viaImageLabeller(file(200L << 20)).error().code()).isEqualTo(Code.NOT_AN_IMAGE);
        Files.delete(image);
        ImageException gone = viaImageLabeller(file(200L << 20)).error();
        assertThat(gone.code()).isEqualTo(Code.UNREADABLE);
    }

    @Test
    void aLargeImageIsReadWhenItIsItsTurnAndNotAhead() throws Exception {
        byte[] small = Files.readAllBytes(Fixtures.picture(folder.resolve("small.png"), 40, 30, 3));
        byte[] smallTruth = Files.readAllBytes(Fixtures.truth(folder.resolve("small-truth.png"), 40, 30, 4));
        ListedBytes ahead = new ListedBytes(
                uri -> {
                    throw new AssertionError(uri + " is in a shard");
                },
                (listed, shard, offset, length) -> {
                    assertThat(listed.uri()).startsWith("a.tar!/small");
                    return offset % 2 == 1 ? smallTruth : small;
                });
        List<ListedImage> images = List.of(small(0), entry(200L << 20), small(1), small(2));

        List<String> labelled = new ArrayList<>();
        try (ImageLabeller labeller = viaImageLabeller(images, ahead)) {
            while (labeller.hasNext()) {
                LabelledImage next = labeller.next();
                assertThat(next.error()).isNull();
                labelled.add(next.file().uri());
            }
        }

        assertThat(labelled).containsExactly("a.tar!/small0", "a.tar!/large.png", "a.tar!/small1", "a.tar!/small2");
        assertThat(reads).as("image and truth of the large one").hasValue(2);
        assertThat(clock.times().nanos()).allSatisfy((stage, nanos) -> {
            if (stage != Stage.WRITE) {
                assertThat(nanos).as(stage.id()).isPositive();
            }
        });
    }

    private static ListedImage small(int index) {
        return new ListedImage(
                new ImageFile("a.tar!/small" + index, new Timestamp(0), 1000L),
                "a.tar!/truth",
                new EntryPlace("a.tar", 2L * index, 2L * index + 1, 1000L),
                null);
    }

    @Test
    void aLargeImageThatTheStorageDoesNotGiveHasNoRow() throws Exception {
        ListedBytes none = new ListedBytes(
                uri -> {
                    throw new IOException("no answer");
                },
                (listed, shard, offset, length) -> {
                    throw new IOException("no answer");
                });
        try (BoundedDecoder decoder = decoder();
                ImageLabeller labeller = new ImageLabeller(
                        List.of(file(200L << 20), entry(200L << 20)).iterator(),
                        segmenter,
                        none,
                        decoder,
                        new TileLabeller(
                                segmenter,
                                Segmenter.tiling(TILE_PIXELS),
                                none,
                                decoder,
                                ConfidenceMap.WRITE,
                                new HeapShare(1 << 29),
                                clock),
                        ConfidenceMap.WRITE,
                        1,
                        new UnavailableImages(message -> unavailable.incrementAndGet()),
                        clock)) {
            assertThat(labeller.hasNext()).isFalse();
        }
        assertThat(unavailable).hasValue(2);
    }
}
