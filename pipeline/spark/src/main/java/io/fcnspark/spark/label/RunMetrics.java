package io.fcnspark.spark.label;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.spark.SparkEnv;
import org.apache.spark.metrics.MetricsSystem;
import org.apache.spark.metrics.source.Source;

/**
 * Numbers of a run as a source of Spark's metrics, named {@value #NAME}, on the driver: every sink that Spark is set up with gets
 * them, as {@code APPLICATION.driver.fcn.METRIC}. Values are those of the tasks that have finished.
 *
 * <p>Spark's own source of accumulators cannot be taken away again: of two runs in one session the second would not show.
 */
final class RunMetrics implements Source {
    private static final String NAME = "fcn";

    private final MetricRegistry registry = new MetricRegistry();
    private final MetricsSystem system;

    private RunMetrics(MetricsSystem system) {
        this.system = system;
    }

    /**
     * Shows numbers until it is closed.
     *
     * @param numbers asked for again and again, by the name of their metric
     */
    static RunMetrics show(Map<String, Supplier<Number>> numbers) {
        RunMetrics metrics = new RunMetrics(SparkEnv.get().metricsSystem());
        numbers.forEach((name, number) -> metrics.registry.register(name, (Gauge<Number>) number::get));
        metrics.system.registerSource(metrics);
        return metrics;
    }

    @Override
    public String sourceName() {
        return NAME;
    }

    @Override
    public MetricRegistry metricRegistry() {
        return registry;
    }

    /** Tells the last values, and stops. */
    void close() {
        system.report();
        system.removeSource(this);
    }
}
