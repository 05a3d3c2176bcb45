package io.fcnspark.engine;

import io.fcnspark.engine.Segmentation.ClassStatistics;
import io.fcnspark.image.ChannelImage;
import io.fcnspark.image.PngEncoder;
import io.fcnspark.image.Region;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a network says of one image, put together from its parts. Takes 1 byte for each pixel of the image, 2 if there are more
 * than 256 classes, and 1 more where confidence is kept. Used by one thread.
 */
public final class Mosaic {
    private final int width;
    private final int height;
    private final Optional<byte[]> labels;
    private final Optional<char[]> wideLabels;
    private final Optional<byte[]> confidence;
    private final long[] pixels;
    private final double[] confidenceSums;
    private double entropySum;

    /** An image of which nothing is known yet. */
    public Mosaic(int width, int height, int numClasses, ConfidenceMap confidenceMap) {
        this.width = width;
        this.height = height;
        int area = Math.multiplyExact(width, height);
        boolean wide = numClasses > 256;
        this.labels = wide ? Optional.empty() : Optional.of(new byte[area]);
        this.wideLabels = wide ? Optional.of(new char[area]) : Optional.empty();
        this.confidence = confidenceMap == ConfidenceMap.WRITE ? Optional.of(new byte[area]) : Optional.empty();
        this.pixels = new long[numClasses];
        this.confidenceSums = new double[numClasses];
    }

    /**
     * Adds a part; every pixel of the image must come once.
     *
     * @param region where in the image the part lies
     */
    public void add(Region region, Segmentation part) {
        char[] partLabels = part.mask().labels();
        for (int y = 0; y < region.height(); y++) {
            int from = y * region.width();
            int to = (region.top() + y) * width + region.left();
            wideLabels.ifPresent(all -> System.arraycopy(partLabels, from, all, to, region.width()));
            labels.ifPresent(all -> narrow(partLabels, from, all, to, region.width()));
            confidence.ifPresent(all -> System.arraycopy(part.confidence(), from, all, to, region.width()));
        }
        for (ClassStatistics statistics : part.classes()) {
            pixels[statistics.id()] += statistics.pixels();
            confidenceSums[statistics.id()] += (double) statistics.meanConfidence() * statistics.pixels();
        }
        entropySum += (double) part.meanEntropy() * partLabels.length;
    }

    private static void narrow(char[] from, int fromIndex, byte[] to, int toIndex, int count) {
        for (int i = 0; i < count; i++) {
            to[toIndex + i] = (byte) from[fromIndex + i];
        }
    }

    /**
     * The whole.
     *
     * @throws IllegalStateException if pixels are missing
     */
    public EncodedSegmentation encode() {
        List<ClassStatistics> statistics = new ArrayList<>();
        long area = 0;
        double confidenceSum = 0;
        for (int c = 0; c < pixels.length; c++) {
            area += pixels[c];
            confidenceSum += confidenceSums[c];
            if (pixels[c] > 0) {
                statistics.add(new ClassStatistics(c, pixels[c], (float) (confidenceSums[c] / pixels[c])));
            }
        }
        if (area != (long) width * height) {
            throw new IllegalStateException("%d of %dx%d pixels are there".formatted(area, width, height));
        }
        return new EncodedSegmentation(
                width,
                height,
                labels.map(all -> PngEncoder.encodeGrey(width, height, all))
                        .orElseGet(() -> PngEncoder.encodeGrey16(new ChannelImage(width, height, wideLabels.get()))),
                statistics,
                (float) (confidenceSum / area),
                (float) (entropySum / area),
                confidence.map(all -> PngEncoder.encodeGrey(width, height, all)));
    }
}
