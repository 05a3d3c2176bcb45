package io.fcnspark.spark.label;

import io.fcnspark.labelling.StageTimes;
import org.apache.spark.util.AccumulatorV2;

/** Adds up the stages of all tasks that succeed. */
final class StageAccumulator extends AccumulatorV2<StageTimes, StageTimes> {
    private static final long serialVersionUID = 1;

    private StageTimes sum = StageTimes.NONE;

    @Override
    public boolean isZero() {
        return sum.equals(StageTimes.NONE);
    }

    @Override
    public AccumulatorV2<StageTimes, StageTimes> copy() {
        StageAccumulator copy = new StageAccumulator();
        copy.sum = sum;
        return copy;
    }

    @Override
    public void reset() {
        sum = StageTimes.NONE;
    }

    @Override
    public void add(StageTimes times) {
        sum = sum.plus(times);
    }

    @Override
    public void merge(AccumulatorV2<StageTimes, StageTimes> other) {
        sum = sum.plus(other.value());
    }

    @Override
    public StageTimes value() {
        return sum;
    }
}
