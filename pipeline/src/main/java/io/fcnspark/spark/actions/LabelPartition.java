package io.fcnspark.spark.actions;

import io.fcnspark.engine.ConfidenceMap;
import io.fcnspark.engine.Device;
import io.fcnspark.engine.Segmenter;
import io.fcnspark.labels.ClassSet;
import io.fcnspark.labels.LabelConvention;
import io.fcnspark.spark.tables.ImageFile;
import io.fcnspark.spark.tables.TruthFiles;
import java.util.Iterator;
import java.util.Optional;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.util.CollectionAccumulator;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.SerializableConfiguration;

/** What travels to an executor to label a partition: listed images in, rows of the table {@code masks} out. */
record LabelPartition(
        ShippedModel model,
        RunColumns run,
        ChosenEngine engine,
        String truthConvention,
        long maxPixels,
        long tilePixels,
        int batch,
        ConfidenceMap confidenceMap,
        SerializableConfiguration hadoop,
        LongAccumulator done,
        LongAccumulator unavailable,
        CollectionAccumulator<String> unavailableExamples)
        implements FlatMapFunction<Iterator<Row>, Row> {
    @Override
    public Iterator<Row> call(Iterator<Row> images) {
        int threads = SparkEnv.get().conf().getInt("spark.task.cpus", 1);
        Device device = engine.taskDevice();
        String key = String.join("|", run.model(), engine.engine(), engine.precision(), Integer.toString(threads));
        ExecutorModels.Lease lease = ExecutorModels.INSTANCE.acquire(
                key, device, () -> model.load(loaded -> engine.load(loaded, device, threads)));
        LabelInputs inputs = new LabelInputs(
                HadoopFileBytes.forImages(hadoop.value(), maxPixels),
                Optional.ofNullable(truthConvention)
                        .map(json -> LabelConvention.fromJson(json, "the labels of this run")),
                maxPixels);
        ImageLabeller labeller = new ImageLabeller(
                new MappedIterator<>(
                        images, row -> new ImageLabeller.Task(ImageFile.of(row), row.getAs(TruthFiles.TRUTH))),
                lease.segmenter(),
                inputs,
                new TileLabeller(
                        lease.segmenter(), Segmenter.tiling(tilePixels), inputs, confidenceMap, HeapShare.INSTANCE),
                confidenceMap,
                batch,
                new UnavailableImages(unavailable, unavailableExamples));
        TaskContext.get().addTaskCompletionListener(context -> {
            labeller.close();
            lease.close();
        });
        ClassSet classes = lease.segmenter().description().classes();
        return new MappedIterator<>(labeller, labelled -> {
            Row row = LabelledRow.of(labelled, classes, run);
            done.add(1);
            return row;
        });
    }
}
