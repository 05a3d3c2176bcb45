package io.fcnspark.labelling;

import io.fcnspark.image.ImageDecoder;
import io.fcnspark.image.ImageException;
import io.fcnspark.image.ImageException.Code;
import io.fcnspark.image.ImageSize;
import io.fcnspark.image.RgbImage;
import io.fcnspark.labels.LabelConvention;
import io.fcnspark.labels.Mask;
import io.fcnspark.labels.TruthDecoder;
import java.time.Duration;
import java.util.Optional;

/** Decodes images and their truth, each within limits of size and time. Safe for use by several threads. */
public final class BoundedDecoder implements AutoCloseable {
    /** Ten times what the slowest honest file takes on a busy machine. */
    private static final Duration TIME = Duration.ofSeconds(60);

    private static final Duration TIME_PER_MEGABYTE = Duration.ofSeconds(1);

    private final ImageDecoder imageDecoder;
    private final Optional<TruthDecoder> truthDecoder;
    private final TimeLimit timeLimit = new TimeLimit();

    /**
     * @param truthConvention how truth is stored; empty if there is none to compare with
     * @param maxPixels images and truth with more pixels are refused before they are decoded
     */
    public BoundedDecoder(Optional<LabelConvention> truthConvention, long maxPixels) {
        this.imageDecoder = new ImageDecoder(maxPixels);
        this.truthDecoder = truthConvention.map(convention -> new TruthDecoder(convention, maxPixels));
    }

    /** Whether truth is asked for. */
    boolean wantsTruth() {
        return truthDecoder.isPresent();
    }

    /** Bytes of the heap that decoding takes beside the file; see {@link ImageDecoder#heapBytes}. */
    long heapBytes(byte[] file) throws ImageException {
        return timeLimit.within(limit(file), () -> imageDecoder.heapBytes(file));
    }

    /** The size of the image, from its header. */
    ImageSize size(byte[] file) throws ImageException {
        return timeLimit.within(limit(file), () -> ImageDecoder.size(file));
    }

    /** Decodes an image. */
    public RgbImage image(byte[] file) throws ImageException {
        return timeLimit.within(limit(file), () -> imageDecoder.decode(file));
    }

    /**
     * Decodes the truth of an image. Only where it is asked for.
     *
     * @param name of the truth, for messages
     * @throws ImageException {@link Code#TRUTH_MISMATCH}, whatever is wrong with it: another code would blame the image
     */
    Mask truth(byte[] file, String name, RgbImage image) throws ImageException {
        try {
            return timeLimit.within(limit(file), () -> {
                // Before memory is taken for what cannot be used.
                requireSize(name, ImageDecoder.size(file), image);
                return truthDecoder.orElseThrow().decode(file);
            });
        } catch (ImageException e) {
            throw e.code() == Code.TRUTH_MISMATCH
                    ? e
                    : new ImageException(
                            Code.TRUTH_MISMATCH,
                            "truth %s cannot be read, %s: %s"
                                    .formatted(name, e.code().id(), e.getMessage()),
                            e);
        }
    }

    private static void requireSize(String name, ImageSize truth, RgbImage image) throws ImageException {
        if (truth.width() != image.width() || truth.height() != image.height()) {
            throw new ImageException(
                    Code.TRUTH_MISMATCH,
                    "truth %s has %dx%d pixels (width x height), the image %dx%d"
                            .formatted(name, truth.width(), truth.height(), image.width(), image.height()));
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
