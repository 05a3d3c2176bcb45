package io.fcnspark.jobs;

import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;

/** Spark, opened when work begins and not before: what is wrong with the options shows at once. */
final class LazySession implements Supplier<SparkSession>, AutoCloseable {
    private final String name;
    private SparkSession session;

    /** @param name what Spark's pages call the application */
    LazySession(String name) {
        this.name = name;
    }

    @Override
    public SparkSession get() {
        if (session == null) {
            session = SparkSessions.open(name);
        }
        return session;
    }

    @Override
    public void close() {
        if (session != null) {
            session.close();
        }
    }
}
