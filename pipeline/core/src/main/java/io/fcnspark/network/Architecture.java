package io.fcnspark.network;

/**
 * How a model computes its scores. What is the same for every architecture (classes, preprocessing, weights) is not part of it.
 */
public sealed interface Architecture {
    /** Calls the method of this architecture's kind. */
    <T> T accept(Visitor<T> visitor);

    /** What is done with each kind of architecture; without a default, so that a new kind is not forgotten anywhere. */
    interface Visitor<T> {
        T fcn(FcnArchitecture architecture);
    }

    /** A network of the paper, of which every layer is known. */
    record FcnArchitecture(Variant variant, Backbone backbone, Geometry geometry) implements Architecture {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.fcn(this);
        }
    }
}
