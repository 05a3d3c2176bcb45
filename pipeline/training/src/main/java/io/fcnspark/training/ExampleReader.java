package io.fcnspark.training;

import io.fcnspark.image.ImageDecoder;
import io.fcnspark.image.ImageException;
import io.fcnspark.image.ImageException.Code;
import io.fcnspark.image.RgbImage;
import io.fcnspark.labels.LabelConvention;
import io.fcnspark.labels.Mask;
import io.fcnspark.labels.TruthDecoder;
import java.io.IOException;
import java.io.Serializable;

/** Reads images and their truth. Safe for use by several threads. */
public final class ExampleReader {
    private final Files files;
    private final ImageDecoder images;
    private final TruthDecoder truths;

    /** Where bytes come from: whole files of any file system, by URI. */
    @FunctionalInterface
    public interface Files extends Serializable {
        /**
         * Reads a whole file.
         *
         * @throws IOException if it cannot be read; the message need not name it
         * @throws ImageException if it is too large to be an image within the limits
         */
        byte[] read(String uri) throws IOException, ImageException;
    }

    /** An image and its truth, of the same size. */
    public record Content(RgbImage image, Mask truth) {}

    /**
     * A reader.
     *
     * @param maxPixels files of more pixels are refused before they are decoded
     */
    public ExampleReader(Files files, LabelConvention convention, long maxPixels) {
        this.files = files;
        this.images = new ImageDecoder(maxPixels);
        this.truths = new TruthDecoder(convention, maxPixels);
    }

    /**
     * Reads an example.
     *
     * @throws ImageException if either file cannot be used; the message names it
     */
    public Content read(Example example) throws ImageException {
        RgbImage image = named(example.image(), () -> images.decode(bytes(example.image())));
        Mask truth = named(example.truth(), () -> truths.decode(bytes(example.truth())));
        if (truth.width() != image.width() || truth.height() != image.height()) {
            throw new ImageException(
                    Code.TRUTH_MISMATCH,
                    "%s: has %dx%d pixels (width x height), but its image %s has %dx%d"
                            .formatted(
                                    example.truth(),
                                    truth.width(),
                                    truth.height(),
                                    example.image(),
                                    image.width(),
                                    image.height()));
        }
        return new Content(image, truth);
    }

    private byte[] bytes(String uri) throws ImageException {
        try {
            return files.read(uri);
        } catch (IOException e) {
            throw new ImageException(Code.UNREADABLE, "cannot be read: " + e.getMessage(), e);
        }
    }

    @FunctionalInterface
    private interface Step<T> {
        T run() throws ImageException;
    }

    private static <T> T named(String uri, Step<T> step) throws ImageException {
        try {
            return step.run();
        } catch (ImageException e) {
            throw new ImageException(e.code(), "%s: %s".formatted(uri, e.getMessage()), e);
        }
    }
}
