package io.fcnspark.spark.label;

import io.fcnspark.engine.ConfidenceMap;
import io.fcnspark.engine.Device;
import io.fcnspark.engine.Segmenter;
import io.fcnspark.labelling.BoundedDecoder;
import io.fcnspark.labelling.FileBytes;
import io.fcnspark.labelling.HeapShare;
import io.fcnspark.labelling.ImageLabeller;
import io.fcnspark.labelling.ListedBytes;
import io.fcnspark.labelling.MappedIterator;
import io.fcnspark.labelling.Stage;
import io.fcnspark.labelling.StageClock;
import io.fcnspark.labelling.TileLabeller;
import io.fcnspark.labelling.UnavailableImages;
import io.fcnspark.labelling.WriteTimer;
import io.fcnspark.labels.ClassSet;
import io.fcnspark.labels.LabelConventions;
import io.fcnspark.spark.listing.ListedRows;
import io.fcnspark.spark.model.ChosenEngine;
import io.fcnspark.spark.model.ExecutorModels;
import io.fcnspark.spark.model.ShippedModel;
import io.fcnspark.spark.storage.HadoopFileBytes;
import io.fcnspark.spark.storage.ShardBytes;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.util.CollectionAccumulator;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;

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
        LongAccumulator rejected,
        LongAccumulator unavailable,
        CollectionAccumulator<String> unavailableExamples,
        StageAccumulator stages)
        implements FlatMapFunction<Iterator<Row>, Row> {
    @Override
    public Iterator<Row> call(Iterator<Row> images) {
        int threads = SparkEnv.get().conf().getInt("spark.task.cpus", 1);
        Device device = engine.taskDevice();
        String key = String.join("|", run.model(), engine.engine(), engine.precision(), Integer.toString(threads));
        ExecutorModels.Lease lease = ExecutorModels.INSTANCE.acquire(
                key, device, () -> model.load(loaded -> engine.load(loaded, device, threads)));
        atEnd(lease::close);
        FileBytes files = HadoopFileBytes.forImages(hadoop.value(), maxPixels);
        long maxBytes = HadoopFileBytes.mostBytes(maxPixels);
        ShardBytes entries = new ShardBytes(hadoop.value(), maxBytes);
        atEnd(entries::close);
        // Large entries are read later than those around them: one place in a compressed shard cannot serve both.
        ShardBytes largeEntries = new ShardBytes(hadoop.value(), maxBytes);
        atEnd(largeEntries::close);
        BoundedDecoder decoder = new BoundedDecoder(
                Optional.ofNullable(truthConvention)
                        .map(json -> LabelConventions.fromJson(json, "the labels of this run")),
                maxPixels);
        StageClock clock = new StageClock();
        ImageLabeller labeller = new ImageLabeller(
                new MappedIterator<>(images, ListedRows::image),
                lease.segmenter(),
                new ListedBytes(files, entries),
                decoder,
                new TileLabeller(
                        lease.segmenter(),
                        Segmenter.tiling(tilePixels),
                        new ListedBytes(files, largeEntries),
                        decoder,
                        confidenceMap,
                        HeapShare.INSTANCE,
                        clock),
                confidenceMap,
                batch,
                new UnavailableImages(this::isUnavailable),
                clock);
        atEnd(labeller::close);
        ClassSet classes = lease.segmenter().description().classes();
        WriteTimer<Row> rows = new WriteTimer<>(
                new MappedIterator<>(labeller, labelled -> {
                    Row row = LabelledRow.of(labelled, classes, run);
                    clock.done(labelled.at());
                    done.add(1);
                    if (labelled.error() != null) {
                        rejected.add(1);
                    }
                    return row;
                }),
                clock);
        atEnd(() -> {
            rows.close();
            stages.add(clock.times());
        });
        return rows;
    }

    /** Spark runs all of them, the last one first, and each of them even if another one fails. */
    private static void atEnd(Runnable close) {
        TaskCompletionListener listener = task -> close.run();
        TaskContext.get().addTaskCompletionListener(listener);
    }

    private void isUnavailable(String message) {
        if (unavailable.isZero()) {
            unavailableExamples.add(message);
        }
        unavailable.add(1);
    }

    /** What Spark's metrics show of a run, by name. */
    Map<String, Supplier<Number>> metrics() {
        Map<String, Supplier<Number>> metrics = new HashMap<>();
        metrics.put("images", done::value);
        metrics.put("rejects", rejected::value);
        metrics.put("unavailable", unavailable::value);
        for (Stage stage : Stage.values()) {
            metrics.put("seconds_" + stage.id(), () -> stages.value().seconds(stage));
        }
        return metrics;
    }
}
