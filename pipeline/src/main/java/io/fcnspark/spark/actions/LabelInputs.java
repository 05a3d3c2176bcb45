package io.fcnspark.spark.actions;

import io.fcnspark.image.ImageDecoder;
import io.fcnspark.image.ImageException;
import io.fcnspark.image.ImageException.Code;
import io.fcnspark.image.ImageSize;
import io.fcnspark.image.RgbImage;
import io.fcnspark.labels.LabelConvention;
import io.fcnspark.labels.Mask;
import io.fcnspark.labels.TruthDecoder;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** Reads and decodes images and their truth, each within limits of size and time. Safe for use by several threads. */
final class LabelInputs implements AutoCloseable {
    /** Ten times what the slowest honest file takes on a busy machine. */
    private static final Duration TIME = Duration.ofSeconds(60);

    private static final Duration TIME_PER_MEGABYTE = Duration.ofSeconds(1);

    private final FileBytes files;
    private final ImageDecoder imageDecoder;
    private final Optional<TruthDecoder> truthDecoder;
    private final TimeLimit timeLimit = new TimeLimit();

    /**
     * @param truthConvention how truth is stored; empty if there is none to compare with
     * @param maxPixels images and truth with more pixels are refused before they are decoded
     */
    LabelInputs(FileBytes files, Optional<LabelConvention> truthConvention, long maxPixels) {
        this.files = files;
        this.imageDecoder = new ImageDecoder(maxPixels);
        this.truthDecoder = truthConvention.map(convention -> new TruthDecoder(convention, maxPixels));
    }

    boolean hasTruth() {
        return truthDecoder.isPresent();
    }

    /** @throws IOException if the storage does not give the file though it is there */
    byte[] imageFile(ImageLabeller.Task task) throws IOException, ImageException {
        return read(task.file().uri(), Code.UNREADABLE);
    }

    /** Bytes of the heap that decoding takes beside the file; see {@link ImageDecoder#heapBytes}. */
    long heapBytes(byte[] file) throws ImageException {
        return timeLimit.within(limit(file), () -> imageDecoder.heapBytes(file));
    }

    ImageSize size(byte[] file) throws ImageException {
        return timeLimit.within(limit(file), () -> ImageDecoder.size(file));
    }

    RgbImage decode(byte[] file) throws ImageException {
        return timeLimit.within(limit(file), () -> imageDecoder.decode(file));
    }

    /**
     * The truth of an image of that size; empty if none was asked for.
     *
     * @throws IOException if the storage does not give it though it is there
     * @throws ImageException {@link Code#TRUTH_MISSING} or {@link Code#TRUTH_MISMATCH}
     */
    Optional<Mask> truth(ImageLabeller.Task task, int width, int height) throws IOException, ImageException {
        if (truthDecoder.isEmpty()) {
            return Optional.empty();
        }
        if (task.truth() == null) {
            throw new ImageException(Code.TRUTH_MISSING, "no truth found for this image under the truth folder");
        }
        byte[] file = read(task.truth(), Code.TRUTH_MISSING);
        try {
            return Optional.of(timeLimit.within(limit(file), () -> {
                // Before memory is taken for what cannot be used.
                requireSize(task, ImageDecoder.size(file), width, height);
                return truthDecoder.get().decode(file);
            }));
        } catch (ImageException e) {
            // The row is about the image, so a code such as 'timeout' would blame the wrong file.
            throw e.code() == Code.TRUTH_MISMATCH
                    ? e
                    : new ImageException(
                            Code.TRUTH_MISMATCH,
                            "truth %s cannot be read, %s: %s"
                                    .formatted(task.truth(), e.code().id(), e.getMessage()),
                            e);
        }
    }

    private static void requireSize(ImageLabeller.Task task, ImageSize truth, int width, int height)
            throws ImageException {
        if (truth.width() != width || truth.height() != height) {
            throw new ImageException(
                    Code.TRUTH_MISMATCH,
                    "truth %s has %dx%d pixels (width x height), the image %dx%d"
                            .formatted(task.truth(), truth.width(), truth.height(), width, height));
        }
    }

    private byte[] read(String uri, Code codeIfAbsent) throws IOException, ImageException {
        try {
            return files.read(uri);
        } catch (FileNotFoundException e) {
            throw new ImageException(codeIfAbsent, "%s does not exist".formatted(uri), e);
        }
    }

    private static Duration limit(byte[] file) {
        return TIME.plus(TIME_PER_MEGABYTE.multipliedBy(file.length / 1_000_000));
    }

    @Override
    public void close() {
        timeLimit.close();
    }
}
