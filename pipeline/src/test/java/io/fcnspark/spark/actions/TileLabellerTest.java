package io.fcnspark.spark.actions;

import static org.assertj.core.api.Assertions.assertThat;

import io.fcnspark.engine.ConfidenceMap;
import io.fcnspark.engine.Device;
import io.fcnspark.engine.Engines;
import io.fcnspark.engine.Precision;
import io.fcnspark.engine.Segmenter;
import io.fcnspark.image.ImageDecoder;
import io.fcnspark.image.ImageException;
import io.fcnspark.image.ImageException.Code;
import io.fcnspark.image.RgbImage;
import io.fcnspark.labels.LabelConvention;
import io.fcnspark.labels.Mask;
import io.fcnspark.labels.MaskPng;
import io.fcnspark.metrics.ConfusionMatrix;
import io.fcnspark.spark.tables.ImageFile;
import io.fcnspark.weights.ModelBundle;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.util.CollectionAccumulator;
import org.apache.spark.util.LongAccumulator;
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

    @TempDir
    private Path folder;

    private Segmenter segmenter;
    private Path image;
    private Path truth;

    @BeforeEach
    void load() {
        segmenter = Segmenter.load(
                ModelBundle.load(Fixtures.model(folder.resolve("model"), 1)),
                Engines.installed().named("onnxruntime"),
                Device.CPU,
                Precision.FP32,
                1);
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

    private LabelInputs inputs() {
        return new LabelInputs(this::read, Optional.of(LabelConvention.plain(Fixtures.CLASSES)), MAX_PIXELS);
    }

    private TileLabeller labeller(LabelInputs inputs, HeapShare heap) {
        return new TileLabeller(segmenter, Segmenter.tiling(TILE_PIXELS), inputs, ConfidenceMap.WRITE, heap);
    }

    private ImageLabeller.Task task(long bytes) {
        return new ImageLabeller.Task(new ImageFile(image.toString(), new Timestamp(0), bytes), truth.toString());
    }

    private LabelledImage viaImageLabeller(ImageLabeller.Task task) {
        LabelInputs inputs = inputs();
        try (ImageLabeller labeller = new ImageLabeller(
                List.of(task).iterator(),
                segmenter,
                inputs,
                labeller(inputs, new HeapShare(1 << 29)),
                ConfidenceMap.WRITE,
                1,
                new UnavailableImages(new LongAccumulator(), new CollectionAccumulator<>()))) {
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
        for (long bytes : List.of(Files.size(image), 200L << 20)) {
            LabelledImage labelled = viaImageLabeller(task(bytes));

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
        try (LabelInputs inputs = inputs()) {
            LabelledImage labelled = labeller(inputs, new HeapShare(4 << 20)).label(task(Files.size(image)));

            assertThat(labelled.segmentation()).isNull();
            assertThat(labelled.error().code()).isEqualTo(Code.TOO_LARGE);
            assertThat(labelled.error())
                    .hasMessageMatching(
                            "labelling it takes \\d+ MiB of heap, and large images may take 4 MiB here, .*");
        }
    }

    @Test
    void aFileThatClaimsTerabytesIsNotEvenRead() throws IOException {
        try (LabelInputs inputs = inputs()) {
            LabelledImage labelled = labeller(inputs, new HeapShare(64 << 20)).label(task(1L << 42));

            assertThat(labelled.error().code()).isEqualTo(Code.TOO_LARGE);
            assertThat(reads).hasValue(0);
        }
    }

    @Test
    void anImageWaitsForTheHeapThatAnotherHolds() throws Exception {
        HeapShare heap = new HeapShare(16 << 20);
        try (LabelInputs inputs = inputs()) {
            CompletableFuture<LabelledImage> waiting;
            try (HeapShare.Lease other = heap.acquire(15 << 20)) {
                assertThat(other.extendTo(16 << 20)).isTrue();
                waiting = CompletableFuture.supplyAsync(() -> label(inputs, heap));
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
        try (LabelInputs inputs = inputs()) {
            CompletableFuture<LabelledImage> waiting;
            try (HeapShare.Lease other = heap.acquire(10 << 20)) {
                waiting = CompletableFuture.supplyAsync(() -> label(inputs, heap));
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

    private LabelledImage label(LabelInputs inputs, HeapShare heap) {
        try {
            return labeller(inputs, heap).label(task(Files.size(image)));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void badTruthCostsNoLabels() throws Exception {
        Fixtures.truth(truth, WIDTH, HEIGHT - 1, 2);

        LabelledImage labelled = viaImageLabeller(task(200L << 20));

        assertThat(labelled.error().code()).isEqualTo(Code.TRUTH_MISMATCH);
        assertThat(labelled.error()).hasMessageContaining("1100x699 pixels (width x height), the image 1100x700");
        assertThat(labelled.segmentation().width()).isEqualTo(WIDTH);
        assertThat(labelled.confusion()).isNull();
    }

    @Test
    void aFileThatIsGoneOrNoImageIsARow() throws Exception {
        Files.write(image, new byte[] {1, 2, 3});
        assertThat(viaImageLabeller(task(200L << 20)).error().code()).isEqualTo(Code.NOT_AN_IMAGE);
        Files.delete(image);
        ImageException gone = viaImageLabeller(task(200L << 20)).error();
        assertThat(gone.code()).isEqualTo(Code.UNREADABLE);
    }
}
