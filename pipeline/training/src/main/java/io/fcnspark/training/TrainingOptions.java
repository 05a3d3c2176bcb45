package io.fcnspark.training;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How to train.
 *
 * @param optimiser what makes steps of gradients
 * @param learningRate of the first step; above 0
 * @param schedule how the rate goes on
 * @param momentum share of the last step in the next, 0 to below 1; of SGD alone
 * @param weightDecay factor on weights that is added to their gradient, 0 or more; biases do not decay
 * @param dropout share of the values of fc6 and fc7 that a step leaves out, 0 to below 1
 * @param upsampling whether transposed convolutions learn
 * @param augmentation what is taken of an image
 * @param batch images of a step
 * @param workers how many train side by side, each in a Spark task
 * @param averagingFrequency steps of each worker from one averaging of parameters to the next
 * @param epochs how many times every image is seen
 * @param seed of all that is random
 */
public record TrainingOptions(
        Optimiser optimiser,
        double learningRate,
        Schedule schedule,
        double momentum,
        double weightDecay,
        double dropout,
        Upsampling upsampling,
        Augmentation augmentation,
        int batch,
        int workers,
        int averagingFrequency,
        int epochs,
        long seed)
        implements Serializable {

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

    public TrainingOptions {
        require(learningRate > 0, "learning-rate", learningRate, "a number above 0");
        require(momentum >= 0 && momentum < 1, "momentum", momentum, "0 to below 1");
        require(weightDecay >= 0, "weight-decay", weightDecay, "0 or more");
        require(dropout >= 0 && dropout < 1, "dropout", dropout, "0 to below 1");
        require(batch >= 1, "batch", batch, "at least 1");
        require(workers >= 1, "workers", workers, "at least 1");
        require(averagingFrequency >= 1, "averaging-frequency", averagingFrequency, "at least 1");
        require(epochs >= 1, "epochs", epochs, "at least 1");
    }

    private static void require(boolean holds, String option, Object value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException("%s is %s: expected %s".formatted(option, value, expected));
        }
    }

    /** By name, as the command line has them. */
    public Map<String, String> toMap() {
        Map<String, String> map = new LinkedHashMap<>();
        map.put("optimiser", optimiser.name());
        map.put("learning_rate", Double.toString(learningRate));
        map.put("schedule", schedule.name());
        map.put("momentum", Double.toString(momentum));
        map.put("weight_decay", Double.toString(weightDecay));
        map.put("dropout", Double.toString(dropout));
        map.put("upsampling", upsampling.name());
        map.put("crop", augmentation.height() + "x" + augmentation.width());
        map.put("scale", augmentation.minScale() + "-" + augmentation.maxScale());
        map.put("flip", augmentation.flip().name());
        map.put("batch", Integer.toString(batch));
        map.put("workers", Integer.toString(workers));
        map.put("averaging_frequency", Integer.toString(averagingFrequency));
        map.put("epochs", Integer.toString(epochs));
        map.put("seed", Long.toString(seed));
        return map;
    }

    /** The learning rate of each of {@code steps} steps. */
    DecayingRate rate(int steps) {
        return new DecayingRate(learningRate, schedule.power, steps);
    }
}
