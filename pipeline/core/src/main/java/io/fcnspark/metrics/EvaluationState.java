package io.fcnspark.metrics;

import java.io.Serializable;

/**
 * All that is needed of a set of images for their {@link Evaluation}. Sums, so a set can be split and put in order in any way.
 * Its size depends on the number of classes, not of images.
 */
public final class EvaluationState implements Serializable {
    private static final long serialVersionUID = 1;

    private final int numClasses;
    private final Bootstrap bootstrap;
    private MetricsState metrics;
    private BoundaryState boundaries;
    private Reliability reliability = Reliability.zero();

    private EvaluationState(int numClasses, long seed) {
        this.numClasses = numClasses;
        this.bootstrap = Bootstrap.zero(numClasses, seed);
        this.metrics = MetricsState.zero(numClasses);
        this.boundaries = BoundaryState.zero(numClasses);
    }

    /** No image at all. */
    public static EvaluationState zero(int numClasses, long seed) {
        return new EvaluationState(numClasses, seed);
    }

    /**
     * Adds an image to this.
     *
     * @param name as in {@link Bootstrap#add}
     */
    public EvaluationState add(String name, ImageEvaluation image) {
        bootstrap.add(name, image.confusion());
        metrics = metrics.plus(MetricsState.ofImage(image.confusion()));
        boundaries = boundaries.plus(BoundaryState.ofImage(numClasses, image.boundaries()));
        image.reliability().ifPresent(r -> reliability = reliability.plus(r));
        return this;
    }

    /** Adds other images to this. */
    public EvaluationState merge(EvaluationState other) {
        bootstrap.merge(other.bootstrap);
        metrics = metrics.plus(other.metrics);
        boundaries = boundaries.plus(other.boundaries);
        reliability = reliability.plus(other.reliability);
        return this;
    }

    /** What follows from the sums. */
    public Evaluation evaluation() {
        return new Evaluation(metrics, boundaries, reliability, bootstrap.intervals());
    }
}
