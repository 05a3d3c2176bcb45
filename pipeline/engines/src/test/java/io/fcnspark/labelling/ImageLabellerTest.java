package io.fcnspark.labelling;

import static org.assertj.core.api.Assertions.assertThat;

import io.fcnspark.engine.ConfidenceMap;
import io.fcnspark.engine.Segmenter;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ImageLabellerTest {
    private static final int LATENCY_MILLIS = 50;

    /** Of 200 images a second. */
    private static final int PERIOD_MILLIS = 5;

    @TempDir
    private static Path folder;

    private static Segmenter segmenter;
    private static byte[] picture;

    @BeforeAll
    static void load() throws Exception {
        segmenter = Fixtures.segmenter(folder.resolve("model"));
        picture = Files.readAllBytes(Fixtures.picture(folder.resolve("picture.png"), 32, 32, 1));
    }

    @AfterAll
    static void close() {
        segmenter.close();
    }

    private static ImageLabeller labeller(int images, FileBytes files, StageClock clock) {
        Iterator<ListedImage> listed = IntStream.range(0, images)
                .mapToObj(i -> new ListedImage(new ImageFile("file:/" + i, new Timestamp(0), 1L), null, null, null))
                .iterator();
        ListedBytes bytes = new ListedBytes(files, (image, shard, offset, length) -> {
            throw new AssertionError("nothing is in a shard");
        });
        BoundedDecoder decoder = new BoundedDecoder(Optional.empty(), 1_000_000);
        return Fixtures.labeller(listed, segmenter, bytes, decoder, ConfidenceMap.OMIT, clock);
    }

    private static void sleep(int millis) throws InterruptedIOException {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new InterruptedIOException();
        }
    }

    @Test
    void theEngineDoesNotWaitForAStorageThatTakes50Milliseconds() throws Exception {
        FileBytes slow = uri -> {
            sleep(LATENCY_MILLIS);
            return picture;
        };
        int images = 300;
        StageClock clock = new StageClock();
        long start = System.nanoTime();
        try (ImageLabeller labeller = labeller(images, slow, clock)) {
            int labelled = 0;
            while (labeller.hasNext()) {
                assertThat(labeller.next().error()).isNull();
                labelled++;
                // As an engine that takes 200 images a second would: the tiny network takes a fraction of that.
                sleep(PERIOD_MILLIS);
            }
            assertThat(labelled).isEqualTo(images);
        }
        double millisecondsPerImage = (System.nanoTime() - start) / 1e6 / images;
        // Four readings at once, for example, would make it 12.5.
        assertThat(millisecondsPerImage).isLessThan(2 * PERIOD_MILLIS);
        assertThat(clock.times().nanos().get(Stage.READ) / 1e6 / images).isGreaterThanOrEqualTo(LATENCY_MILLIS);
    }

    @Test
    void timesAreCountedByStage() throws Exception {
        StageClock clock = new StageClock();
        try (ImageLabeller labeller = labeller(5, uri -> picture, clock)) {
            labeller.forEachRemaining(labelled -> clock.done(labelled.at()));
        }
        StageTimes times = clock.times();
        assertThat(times.images()).isEqualTo(5);
        assertThat(times.firstLabelled()).isPresent();
        Map<String, Double> milliseconds = times.millisecondsPerImage();
        assertThat(milliseconds.keySet())
                .containsExactly(
                        "read", "decode", "wait", "preprocess", "network", "postprocess", "compare", "encode", "write");
        assertThat(milliseconds.get("network")).isPositive();
        assertThat(milliseconds.get("decode")).isPositive();
        assertThat(milliseconds.get("encode")).isPositive();
        assertThat(milliseconds.get("compare")).isZero();
        assertThat(times.plus(StageTimes.NONE)).isEqualTo(times);
        assertThat(StageTimes.NONE.plus(times)).isEqualTo(times);
        assertThat(times.plus(times).millisecondsPerImage()).isEqualTo(milliseconds);
    }
}
