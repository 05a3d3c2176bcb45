package io.fcnspark.metrics;

import java.io.Serializable;
import java.util.OptionalDouble;

/**
 * All that is needed of a set of images to state its metrics. A commutative monoid: {@link #plus} of the states of two sets is
 * the state of the union, exactly, so metrics do not depend on how Spark happens to partition or order the images.
 *
 * @param images number of images with truth
 * @param confusion of all their pixels
 * @param imagesWithIou images of which at least one pixel counts
 * @param iouSum sum of those images' mean IU, each rounded to a multiple of 2^-32, in units of 2^-32: sums of integers are the
 *     same in every order, those of floating-point numbers are not
 */
public record MetricsState(long images, ConfusionMatrix confusion, long imagesWithIou, long iouSum)
        implements Serializable {
    private static final double UNIT = 0x1p-32;

    public MetricsState {
        if (imagesWithIou < 0 || imagesWithIou > images || iouSum < 0 || iouSum * UNIT > imagesWithIou) {
            throw new IllegalArgumentException("metrics of %d images, %d of them with a sum of mean IU of %s"
                    .formatted(images, imagesWithIou, iouSum * UNIT));
        }
    }

    /** No image at all. */
    public static MetricsState zero(int numClasses) {
        return new MetricsState(0, ConfusionMatrix.zero(numClasses), 0, 0);
    }

    /** The state of one image. */
    public static MetricsState ofImage(ConfusionMatrix image) {
        OptionalDouble iou = Scores.meanIou(ClassCounts.of(image));
        return iou.isPresent()
                ? new MetricsState(1, image, 1, Math.round(iou.getAsDouble() / UNIT))
                : new MetricsState(1, image, 0, 0);
    }

    /**
     * The state of both sets of images together.
     *
     * @throws IllegalArgumentException for states of different numbers of classes
     */
    public MetricsState plus(MetricsState other) {
        return new MetricsState(
                Math.addExact(images, other.images),
                confusion.plus(other.confusion),
                Math.addExact(imagesWithIou, other.imagesWithIou),
                Math.addExact(iouSum, other.iouSum));
    }

    /** Mean over images of each image's mean IU; empty if no image has one. */
    public OptionalDouble meanImageIou() {
        return imagesWithIou == 0 ? OptionalDouble.empty() : OptionalDouble.of(iouSum * UNIT / imagesWithIou);
    }
}
