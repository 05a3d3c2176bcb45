package io.fcnspark.training;

import org.apache.spark.TaskContext;
import org.apache.spark.util.DoubleAccumulator;
import org.apache.spark.util.LongAccumulator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.spark.api.TrainingHook;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * What surrounds a step on a worker: before it, random numbers that depend on the step alone, so that a training that is resumed
 * drops out what it would have dropped out; after it, the loss.
 *
 * @param threads of each worker
 */
record StepHook(long seed, int threads, DoubleAccumulator loss, LongAccumulator steps) implements TrainingHook {
    @Override
    public void preUpdate(MultiDataSet batch, Model model) {
        int step = ((ComputationGraph) model).getConfiguration().getIterationCount();
        Nd4j.getRandom().setSeed(Seeds.of(seed, step, TaskContext.getPartitionId()));
        NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(threads);
    }

    @Override
    public void postUpdate(MultiDataSet batch, Model model) {
        loss.add(model.score());
        steps.add(1);
    }

    @Override
    public void preUpdate(DataSet batch, Model model) {
        throw new UnsupportedOperationException("graphs train on MultiDataSet");
    }

    @Override
    public void postUpdate(DataSet batch, Model model) {
        throw new UnsupportedOperationException("graphs train on MultiDataSet");
    }
}
