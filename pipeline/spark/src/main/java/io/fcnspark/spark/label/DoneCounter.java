package io.fcnspark.spark.label;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.util.LongAccumulator;
import scala.collection.JavaConverters;

/**
 * Follows an accumulator while tasks run: Spark itself adds up only what finished tasks counted, but executors tell with every
 * heartbeat how far each task is. Failed and duplicate attempts do not count.
 */
final class DoneCounter extends SparkListener {
    private final LongAccumulator accumulator;
    private final Map<Long, Long> running = new ConcurrentHashMap<>();

    DoneCounter(LongAccumulator accumulator) {
        this.accumulator = accumulator;
    }

    /** What finished tasks counted, and what running ones had counted at their last heartbeat. */
    long count() {
        return accumulator.value()
                + running.values().stream().mapToLong(Long::longValue).sum();
    }

    @Override
    public void onTaskStart(SparkListenerTaskStart start) {
        running.put(start.taskInfo().taskId(), 0L);
    }

    @Override
    public void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate update) {
        JavaConverters.seqAsJavaList(update.accumUpdates())
                .forEach(task -> JavaConverters.seqAsJavaList(task._4()).stream()
                        .filter(info -> info.id() == accumulator.id())
                        .forEach(info -> running.computeIfPresent((Long) task._1(), (id, previous) -> value(info))));
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
        running.remove(end.taskInfo().taskId());
    }

    private static long value(AccumulableInfo info) {
        return info.update().isDefined() ? ((Number) info.update().get()).longValue() : 0;
    }
}
