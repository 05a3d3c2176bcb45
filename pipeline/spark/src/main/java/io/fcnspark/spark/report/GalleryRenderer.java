package io.fcnspark.spark.report;

import io.fcnspark.image.ImageDecoder;
import io.fcnspark.image.ImageException;
import io.fcnspark.image.RgbImage;
import io.fcnspark.labelling.FileBytes;
import io.fcnspark.labels.ClassSet;
import io.fcnspark.labels.LabelConvention;
import io.fcnspark.labels.Mask;
import io.fcnspark.labels.MaskPng;
import io.fcnspark.labels.TruthDecoder;
import io.fcnspark.report.PictureRenderer;
import io.fcnspark.report.Pictures;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Draws the pictures of one image of a gallery from what the storage still has of it. Knows nothing of Spark. */
final class GalleryRenderer {
    private final FileBytes files;
    private final PictureRenderer renderer;
    private final ImageDecoder images;
    private final Optional<TruthDecoder> truths;

    /**
     * A renderer.
     *
     * @param maxBytes of the pictures of an image
     * @param maxPixels images and truth with more pixels are not decoded
     */
    GalleryRenderer(
            FileBytes files, ClassSet classes, Optional<LabelConvention> convention, int maxBytes, long maxPixels) {
        this.files = files;
        this.renderer = new PictureRenderer(classes, maxBytes);
        this.images = new ImageDecoder(maxPixels);
        this.truths = convention.map(c -> new TruthDecoder(c, maxPixels));
    }

    /**
     * What could be drawn.
     *
     * @param pictures null if the mask cannot be read
     * @param problems why something is missing
     */
    record Drawn(Pictures pictures, List<String> problems) implements Serializable {}

    /**
     * Draws.
     *
     * @param image URI
     * @param maskPng PNG with class ids
     * @param truth URI; empty if there is none
     */
    Drawn draw(String image, byte[] maskPng, Optional<String> truth) {
        List<String> problems = new ArrayList<>();
        Mask mask;
        try {
            mask = MaskPng.decode(maskPng);
        } catch (ImageException e) {
            problems.add("The mask cannot be read: " + e.getMessage());
            return new Drawn(null, problems);
        }
        Optional<RgbImage> pixels = read("image", image, images::decode, problems)
                .filter(i -> fits("image", i.width(), i.height(), mask, problems));
        Optional<Mask> labels = truth.flatMap(
                        uri -> truths.flatMap(decoder -> read("truth", uri, decoder::decode, problems)))
                .filter(t -> fits("truth", t.width(), t.height(), mask, problems));
        return new Drawn(renderer.render(pixels, mask, labels), problems);
    }

    @FunctionalInterface
    private interface Decoding<T> {
        T decode(byte[] file) throws ImageException;
    }

    private <T> Optional<T> read(String what, String uri, Decoding<T> decoding, List<String> problems) {
        try {
            return Optional.of(decoding.decode(files.read(uri)));
        } catch (FileNotFoundException e) {
            problems.add("The %s is not there any more: %s".formatted(what, uri));
        } catch (IOException | ImageException e) {
            problems.add("The %s cannot be read: %s: %s".formatted(what, uri, e.getMessage()));
        }
        return Optional.empty();
    }

    private static boolean fits(String what, int width, int height, Mask mask, List<String> problems) {
        boolean fits = width == mask.width() && height == mask.height();
        if (!fits) {
            problems.add("The %s has %d × %d pixels, the mask %d × %d: it has changed since it was labelled"
                    .formatted(what, width, height, mask.width(), mask.height()));
        }
        return fits;
    }
}
