package io.fcnspark.spark.label;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.LongAccumulator;

/** Tells a listener every few seconds how far a run is, until it is closed. */
final class ProgressReports {
    private static final int INTERVAL_SECONDS = 10;

    private final JavaSparkContext context;
    private final DoneCounter counter;
    private final ScheduledFuture<?> reports;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(runnable -> {
        Thread thread = new Thread(runnable, "fcn-progress");
        thread.setDaemon(true);
        return thread;
    });

    ProgressReports(JavaSparkContext context, LongAccumulator done, long total, Consumer<LabelProgress> listener) {
        this.context = context;
        this.counter = new DoneCounter(done);
        Instant start = Instant.now();
        context.sc().addSparkListener(counter);
        reports = timer.scheduleAtFixedRate(
                () -> listener.accept(
                        new LabelProgress(counter.count(), total, Duration.between(start, Instant.now()))),
                INTERVAL_SECONDS,
                INTERVAL_SECONDS,
                TimeUnit.SECONDS);
    }

    /** Stops. */
    void close() {
        reports.cancel(false);
        timer.shutdown();
        context.sc().removeSparkListener(counter);
    }
}
