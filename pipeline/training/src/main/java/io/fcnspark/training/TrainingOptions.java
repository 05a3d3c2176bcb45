package io.fcnspark.training;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;

/** How to train: what {@link #builder()} was told, and defaults for the rest. */
public final class TrainingOptions implements Serializable {
    private static final long serialVersionUID = 2;

    /** What makes steps of gradients. */
    public enum Optimiser {
        /** Stochastic gradient descent with Nesterov's momentum. */
        SGD,
        /** Kingma and Ba, 2014, with decay rates 0.9 and 0.999. */
        ADAM
    }

    /** How the learning rate changes. */
    public enum Schedule {
        CONSTANT(0),
        /** {@code (1 - step / steps)^0.9}, as DeepLab and much since. */
        POLYNOMIAL(0.9);

        private final double power;

        Schedule(double power) {
            this.power = power;
        }
    }

    /** Whether transposed convolutions, which start bilinear, learn. */
    public enum Upsampling {
        FIXED,
        LEARNED
    }

    /** How classes count in the loss. */
    public enum ClassWeighting {
        /** Every pixel the same. */
        NONE,
        /** See {@link ClassFrequencies#medianFrequencyWeights}. */
        MEDIAN_FREQUENCY
    }

    private final Builder values;

    private TrainingOptions(Builder values) {
        this.values = values;
    }

    /** Options that are all at their defaults. */
    public static TrainingOptions defaults() {
        return builder().build();
    }

    /** A builder with all options at their defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder with these options. */
    public Builder toBuilder() {
        return values.copy();
    }

    /**
     * Sets options. Each method refuses at once a value that is out of range, by an {@link IllegalArgumentException} that names the
     * option, its value, and what was expected.
     */
    public static final class Builder implements Serializable {
        private static final long serialVersionUID = 1;

        private Optimiser optimiser = Optimiser.ADAM;
        private double learningRate = 0.001;
        private Schedule schedule = Schedule.POLYNOMIAL;
        private double momentum = 0.9;
        private double weightDecay = 0.0005;
        private double dropout = 0.5;
        private ClassWeighting classWeighting = ClassWeighting.NONE;
        private Upsampling upsampling = Upsampling.FIXED;
        private Augmentation augmentation = Augmentation.DEFAULT;
        private int batch = 4;
        private int workers = 1;
        private int averagingFrequency = 8;
        private int epochs = 50;
        private int patience;
        private long seed = 1;

        private Builder() {}

        private Builder copy() {
            Builder copy = new Builder();
            copy.optimiser = optimiser;
            copy.learningRate = learningRate;
            copy.schedule = schedule;
            copy.momentum = momentum;
            copy.weightDecay = weightDecay;
            copy.dropout = dropout;
            copy.classWeighting = classWeighting;
            copy.upsampling = upsampling;
            copy.augmentation = augmentation;
            copy.batch = batch;
            copy.workers = workers;
            copy.averagingFrequency = averagingFrequency;
            copy.epochs = epochs;
            copy.patience = patience;
            copy.seed = seed;
            return copy;
        }

        /** What makes steps of gradients. Default: Adam. */
        public Builder optimiser(Optimiser value) {
            optimiser = value;
            return this;
        }

        /** The learning rate of the first step, above 0. Default: 0.001. */
        public Builder learningRate(double value) {
            require(value > 0 && Double.isFinite(value), "learning rate", value, "a number above 0");
            learningRate = value;
            return this;
        }

        /** How the learning rate goes on. Default: polynomial. */
        public Builder schedule(Schedule value) {
            schedule = value;
            return this;
        }

        /** Share of the last step in the next, 0 to below 1; of SGD alone. Default: 0.9. */
        public Builder momentum(double value) {
            require(value >= 0 && value < 1, "momentum", value, "0 to below 1");
            momentum = value;
            return this;
        }

        /** Factor on weights that is added to their gradient, 0 or more; biases do not decay. Default: 0.0005. */
        public Builder weightDecay(double value) {
            require(value >= 0 && Double.isFinite(value), "weight decay", value, "0 or more");
            weightDecay = value;
            return this;
        }

        /** Share of the values of fc6 and fc7 that a step leaves out, 0 to below 1. Default: 0.5. */
        public Builder dropout(double value) {
            require(value >= 0 && value < 1, "dropout", value, "0 to below 1");
            dropout = value;
            return this;
        }

        /** How classes count in the loss. Default: every pixel the same. */
        public Builder classWeighting(ClassWeighting value) {
            classWeighting = value;
            return this;
        }

        /** Whether transposed convolutions learn. Default: they stay bilinear. */
        public Builder upsampling(Upsampling value) {
            upsampling = value;
            return this;
        }

        /** What is taken of an image. Default: {@link Augmentation#DEFAULT}. */
        public Builder augmentation(Augmentation value) {
            augmentation = value;
            return this;
        }

        /** Images of a step of one worker, at least 1. Default: 4. */
        public Builder batch(int value) {
            batch = atLeastOne("batch", value);
            return this;
        }

        /** How many train side by side, each in a Spark task; at least 1. Default: 1. */
        public Builder workers(int value) {
            workers = atLeastOne("workers", value);
            return this;
        }

        /** Steps of each worker from one averaging of parameters to the next, at least 1. Default: 8. */
        public Builder averagingFrequency(int value) {
            averagingFrequency = atLeastOne("averaging frequency", value);
            return this;
        }

        /** How many times every image is seen, at least 1. Default: 50. */
        public Builder epochs(int value) {
            epochs = atLeastOne("epochs", value);
            return this;
        }

        /** Stops after so many epochs without a higher mean IU, at least 1. Default: never. */
        public Builder patience(int value) {
            patience = atLeastOne("patience", value);
            return this;
        }

        /** Seed of all that is random. Default: 1. */
        public Builder seed(long value) {
            seed = value;
            return this;
        }

        /**
         * The options.
         *
         * @throws IllegalArgumentException if they do not go together: a batch of such windows is larger than an array can be
         */
        public TrainingOptions build() {
            double values = 3.0 * batch * augmentation.height() * augmentation.width();
            require(
                    values < Integer.MAX_VALUE,
                    "batch",
                    "%d windows of %dx%d".formatted(batch, augmentation.height(), augmentation.width()),
                    "fewer than %d pixels in all".formatted(Integer.MAX_VALUE / 3));
            return new TrainingOptions(copy());
        }

        private static int atLeastOne(String option, int value) {
            require(value >= 1, option, value, "at least 1");
            return value;
        }

        private static void require(boolean holds, String option, Object value, String expected) {
            if (!holds) {
                throw new IllegalArgumentException("%s is %s: expected %s".formatted(option, value, expected));
            }
        }
    }

    public Optimiser optimiser() {
        return values.optimiser;
    }

    public double learningRate() {
        return values.learningRate;
    }

    public Schedule schedule() {
        return values.schedule;
    }

    public double momentum() {
        return values.momentum;
    }

    public double weightDecay() {
        return values.weightDecay;
    }

    public double dropout() {
        return values.dropout;
    }

    public ClassWeighting classWeighting() {
        return values.classWeighting;
    }

    public Upsampling upsampling() {
        return values.upsampling;
    }

    public Augmentation augmentation() {
        return values.augmentation;
    }

    public int batch() {
        return values.batch;
    }

    public int workers() {
        return values.workers;
    }

    public int averagingFrequency() {
        return values.averagingFrequency;
    }

    public int epochs() {
        return values.epochs;
    }

    /** Empty for a training that goes on however long it gets no better. */
    public OptionalInt patience() {
        return values.patience == 0 ? OptionalInt.empty() : OptionalInt.of(values.patience);
    }

    public long seed() {
        return values.seed;
    }

    /** Steps of all workers from one averaging of parameters to the next. */
    int round() {
        return (int) Math.min(Integer.MAX_VALUE, (long) workers() * averagingFrequency());
    }

    /** All that the weights after so many epochs depend on, by name, as a history has it. */
    public Map<String, String> toMap() {
        Map<String, String> map = new LinkedHashMap<>();
        map.put("optimiser", optimiser().name());
        map.put("learning_rate", Double.toString(learningRate()));
        map.put("schedule", schedule().name());
        map.put("momentum", Double.toString(momentum()));
        map.put("weight_decay", Double.toString(weightDecay()));
        map.put("dropout", Double.toString(dropout()));
        map.put("class_weights", classWeighting().name());
        map.put("upsampling", upsampling().name());
        map.put("crop", augmentation().height() + "x" + augmentation().width());
        map.put("scale", augmentation().minScale() + "-" + augmentation().maxScale());
        map.put("flip", augmentation().flip().name());
        map.put("batch", Integer.toString(batch()));
        map.put("workers", Integer.toString(workers()));
        map.put("averaging_frequency", Integer.toString(averagingFrequency()));
        map.put("epochs", Integer.toString(epochs()));
        map.put("seed", Long.toString(seed()));
        return map;
    }

    /** The learning rate of each of {@code steps} steps. */
    DecayingRate rate(int steps) {
        return new DecayingRate(learningRate(), schedule().power, steps);
    }

    @Override
    public String toString() {
        return toMap().toString().toLowerCase(Locale.ROOT);
    }
}
