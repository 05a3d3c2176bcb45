package io.fcnspark.spark.actions;

import io.fcnspark.labels.LabelConvention;
import io.fcnspark.metrics.MetricsState;
import io.fcnspark.spark.tables.ImageFile;
import io.fcnspark.training.Example;
import java.io.Serializable;
import java.util.Iterator;
import java.util.Optional;
import org.apache.spark.SparkEnv;
import org.apache.spark.util.SerializableConfiguration;

/** What travels to an executor to validate a model on a partition of examples. */
record ValidationPartition(
        ShippedModel model,
        String identity,
        ChosenEngine engine,
        String convention,
        long maxPixels,
        SerializableConfiguration hadoop)
        implements Serializable {

    MetricsState measure(Iterator<Example> examples) {
        int threads = SparkEnv.get().conf().getInt("spark.task.cpus", 1);
        try (ExecutorModels.Lease lease = ExecutorModels.INSTANCE.acquire(
                        identity + "|" + engine.engine(), () -> model.load(loaded -> engine.load(loaded, threads)));
                ImageLabeller labeller = new ImageLabeller(
                        new MappedIterator<>(
                                examples,
                                example -> new ImageLabeller.Task(
                                        new ImageFile(example.image(), null, null), example.truth())),
                        lease.segmenter(),
                        HadoopFileBytes.forImages(hadoop.value(), maxPixels),
                        Optional.of(LabelConvention.fromJson(convention, "the labels of this run")),
                        maxPixels,
                        1)) {
            MetricsState sum =
                    MetricsState.zero(lease.segmenter().description().classes().size());
            while (labeller.hasNext()) {
                LabelledImage image = labeller.next();
                if (image.confusion() == null) {
                    throw new IllegalStateException(
                            "%s could be read before training, and now: %s"
                                    .formatted(image.file().uri(), image.error().getMessage()),
                            image.error());
                }
                sum = sum.plus(MetricsState.ofImage(image.confusion()));
            }
            return sum;
        }
    }
}
