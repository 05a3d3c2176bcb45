package io.fcnspark.spark.label;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.fcnspark.engine.ConfidenceMap;
import io.fcnspark.engine.Segmenter;
import io.fcnspark.image.ImageException.Code;
import io.fcnspark.labelling.BoundedDecoder;
import io.fcnspark.labelling.EntryPlace;
import io.fcnspark.labelling.Fixtures;
import io.fcnspark.labelling.ImageFile;
import io.fcnspark.labelling.ImageLabeller;
import io.fcnspark.labelling.LabelledImage;
import io.fcnspark.labelling.ListedBytes;
import io.fcnspark.labelling.ListedImage;
import io.fcnspark.labelling.StageClock;
import io.fcnspark.labels.LabelConvention;
import io.fcnspark.labels.Mask;
import io.fcnspark.labels.MaskPng;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.LocalDate;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files that somebody has meddled with, through all that a task does with an image: every one becomes a row, with a mask or
 * with a reason, whatever its truth is like.
 */
class HostileImagesTest {
    private static final int COUNT = 10_000;

    /** More than there are. */
    private static final int IMAGES = 1_000_000;

    private static final long MAX_PIXELS = 1_000_000;
    private static final Set<Code> CODES =
            Set.of(Code.NOT_AN_IMAGE, Code.TRUNCATED, Code.TOO_LARGE, Code.UNSUPPORTED, Code.TRUTH_MISMATCH);

    private final HostileFiles files = new HostileFiles();
    private final byte[] truth = MaskPng.encode(new Mask(24, 17, new char[24 * 17]), 5);

    @TempDir
    private Path folder;

    @Test
    @Timeout(3600)
    void everyFileBecomesARow() throws Exception {
        Set<String> seen = new HashSet<>();
        Map<Code, Integer> codes = new EnumMap<>(Code.class);
        RunColumns run = new RunColumns("tiny@0", "onnxruntime", "fp32", "r", LocalDate.of(2026, 1, 31));
        try (Segmenter segmenter = Fixtures.segmenter(folder.resolve("model"));
                ImageLabeller labeller = labeller(segmenter)) {
            while (labeller.hasNext()) {
                LabelledImage labelled = labeller.next();
                assertThat(seen.add(labelled.file().uri())).isTrue();
                if (labelled.error() != null) {
                    assertThat(labelled.error().code())
                            .as("%s", labelled.file())
                            .isIn(CODES);
                    assertThat(labelled.error()).hasMessageNotContainingAny("null", "Exception", "java.", "javax.");
                    codes.merge(labelled.error().code(), 1, Integer::sum);
                }
                assertThatCode(() -> LabelledRow.of(labelled, Fixtures.CLASSES, run))
                        .as("%s", labelled.file())
                        .doesNotThrowAnyException();
            }
        }
        assertThat(seen).hasSize(COUNT);
        // The files are neither all good nor all refused at the first byte.
        assertThat(codes).containsKeys(Code.NOT_AN_IMAGE, Code.TRUNCATED, Code.UNSUPPORTED, Code.TRUTH_MISMATCH);
        assertThat(codes.values().stream().mapToInt(Integer::intValue).sum()).isBetween(COUNT / 4, COUNT * 19 / 20);
    }

    private ImageLabeller labeller(Segmenter segmenter) {
        ListedBytes bytes = new ListedBytes(this::bytes, this::entry);
        BoundedDecoder decoder = new BoundedDecoder(Optional.of(LabelConvention.plain(Fixtures.CLASSES)), MAX_PIXELS);
        return Fixtures.labeller(
                IntStream.range(0, COUNT).mapToObj(HostileImagesTest::listed).iterator(),
                segmenter,
                bytes,
                decoder,
                ConfidenceMap.WRITE,
                new StageClock());
    }

    /** Every tenth as if it were too large to be read ahead, every fourth in a shard, every eighth behind its truth. */
    private static ListedImage listed(int index) {
        long bytes = index % 10 == 0 ? 100L << 20 : 1000;
        long truthOffset = index % 8 == 0 ? index : IMAGES + index;
        EntryPlace place = new EntryPlace("shard.tar", index % 8 == 0 ? IMAGES + index : index, truthOffset, 100L);
        return new ListedImage(
                new ImageFile("image/" + index, new Timestamp(0), bytes),
                "truth/" + index,
                index % 4 == 0 ? place : null,
                null);
    }

    private byte[] entry(ImageFile image, String shard, long offset, long length) {
        int index = Integer.parseInt(image.uri().substring(image.uri().indexOf('/') + 1));
        boolean first = offset < IMAGES;
        return bytes((first == (index % 8 == 0) ? "truth/" : "image/") + index);
    }

    private byte[] bytes(String uri) {
        int index = Integer.parseInt(uri.substring(uri.indexOf('/') + 1));
        if (uri.startsWith("image/")) {
            return files.file(index);
        }
        return index % 3 == 0 ? files.meddled(truth, new Random(~index)) : truth;
    }
}
