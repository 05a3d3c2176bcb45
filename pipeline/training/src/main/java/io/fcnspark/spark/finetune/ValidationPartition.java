package io.fcnspark.spark.finetune;

import io.fcnspark.engine.Device;
import io.fcnspark.engine.Segmenter;
import io.fcnspark.image.ImageException;
import io.fcnspark.metrics.ConfusionMatrix;
import io.fcnspark.metrics.MetricsState;
import io.fcnspark.spark.model.ChosenEngine;
import io.fcnspark.spark.model.ExecutorModels;
import io.fcnspark.spark.model.ShippedModel;
import io.fcnspark.training.Example;
import io.fcnspark.training.ExampleReader;
import io.fcnspark.training.ExampleReader.Content;
import io.fcnspark.training.TrainingData;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.SparkEnv;

/** What travels to an executor to validate a model on a partition of examples. */
record ValidationPartition(ShippedModel model, String identity, ChosenEngine engine, TrainingData data)
        implements Serializable {

    MetricsState measure(Iterator<Example> examples) throws ImageException {
        int threads = SparkEnv.get().conf().getInt("spark.task.cpus", 1);
        ExampleReader reader = data.reader();
        Device device = engine.taskDevice();
        try (ExecutorModels.Lease lease = ExecutorModels.INSTANCE.acquire(
                identity + "|" + engine.engine(),
                device,
                () -> model.load(loaded -> engine.load(loaded, device, threads)))) {
            Segmenter segmenter = lease.segmenter();
            int numClasses = segmenter.description().classes().size();
            MetricsState sum = MetricsState.zero(numClasses);
            while (examples.hasNext()) {
                Content content = reader.read(examples.next());
                sum = sum.plus(MetricsState.ofImage(ConfusionMatrix.of(
                        numClasses,
                        content.truth(),
                        segmenter.segment(List.of(content.image())).get(0).mask())));
            }
            return sum;
        }
    }
}
