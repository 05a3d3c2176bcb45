package io.fcnspark.spark.actions;

import io.fcnspark.labels.ClassSet;
import io.fcnspark.labels.LabelConvention;
import io.fcnspark.spark.tables.ListedImage;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.util.AccumulatorV2;
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
        int batch,
        ConfidenceMap confidenceMap,
        SerializableConfiguration hadoop,
        LongAccumulator done,
        LongAccumulator rejected,
        LongAccumulator unavailable,
        CollectionAccumulator<String> unavailableExamples,
        StageAccumulator stages)
        implements FlatMapFunction<Iterator<Row>, Row> {
    @Override
    public Iterator<Row> call(Iterator<Row> images) {
        int threads = SparkEnv.get().conf().getInt("spark.task.cpus", 1);
        String key = String.join(
                "|", run.model(), engine.engine(), engine.device(), engine.precision(), Integer.toString(threads));
        ExecutorModels.Lease lease =
                ExecutorModels.INSTANCE.acquire(key, () -> model.load(loaded -> engine.load(loaded, threads)));
        ShardBytes entries = new ShardBytes(hadoop.value(), HadoopFileBytes.mostBytes(maxPixels));
        StageClock clock = new StageClock();
        ImageLabeller labeller = new ImageLabeller(
                new MappedIterator<>(images, ListedImage::of),
                lease.segmenter(),
                HadoopFileBytes.forImages(hadoop.value(), maxPixels),
                entries,
                Optional.ofNullable(truthConvention)
                        .map(json -> LabelConvention.fromJson(json, "the labels of this run")),
                maxPixels,
                batch,
                new UnavailableImages(unavailable, unavailableExamples),
                clock);
        ClassSet classes = lease.segmenter().description().classes();
        WriteTimer<Row> rows = new WriteTimer<>(
                new MappedIterator<>(labeller, labelled -> {
                    Row row = clock.time(Stage.ENCODE, () -> LabelledRow.of(labelled, classes, confidenceMap, run));
                    clock.done(labelled.at());
                    done.add(1);
                    if (labelled.error() != null) {
                        rejected.add(1);
                    }
                    return row;
                }),
                clock);
        TaskContext.get().addTaskCompletionListener(context -> {
            rows.close();
            stages.add(clock.times());
            labeller.close();
            entries.close();
            lease.close();
        });
        return rows;
    }

    /** What Spark's metrics show of a run, by name. */
    Map<String, AccumulatorV2<?, ?>> metrics() {
        return Map.of("images", done, "rejects", rejected, "unavailable", unavailable);
    }
}
