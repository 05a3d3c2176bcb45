package io.fcnspark.training;

import java.util.Objects;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Learning rate {@code initial * (1 - step / steps)^power}: polynomial decay, or constant with power 0. DL4J's own {@code
 * PolySchedule} grows, as it adds where it should subtract. Public for DL4J's JSON, which names the class.
 */
public final class DecayingRate implements ISchedule {
    private static final long serialVersionUID = 1;

    private final double initial;
    private final double power;
    private final int steps;

    DecayingRate(
            @JsonProperty("initial") double initial,
            @JsonProperty("power") double power,
            @JsonProperty("steps") int steps) {
        this.initial = initial;
        this.power = power;
        this.steps = steps;
    }

    @JsonProperty("initial")
    double initial() {
        return initial;
    }

    @JsonProperty("power")
    double power() {
        return power;
    }

    @JsonProperty("steps")
    int steps() {
        return steps;
    }

    /** The rate of a step, from 0; after the last, that of the last. */
    @Override
    public double valueAt(int step, int epoch) {
        return initial * Math.pow(1 - Math.min(step, steps - 1) / (double) steps, power);
    }

    @Override
    public DecayingRate clone() {
        return new DecayingRate(initial, power, steps);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DecayingRate rate
                && rate.initial == initial
                && rate.power == power
                && rate.steps == steps;
    }

    @Override
    public int hashCode() {
        return Objects.hash(initial, power, steps);
    }
}
