package io.fcnspark.spark.scheduling;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.apache.spark.SparkContext;

/**
 * The jobs of one action, from here to {@link #close}: Spark's page shows each of them with a line of text. They belong to the
 * thread that begins them, and to those that it starts meanwhile. A job group that the caller has set, which is how notebooks cancel
 * a cell, stays.
 */
public final class NamedJobs implements AutoCloseable {
    private static final String GROUP = "spark.jobGroup.id";
    private static final String DESCRIPTION = "spark.job.description";

    private final SparkContext context;
    private final String action;
    private final String tag = "fcn-" + UUID.randomUUID();

    /** Values may be null. */
    private final Map<String, String> before = new HashMap<>();

    private NamedJobs(SparkContext context, String action) {
        this.context = context;
        this.action = action;
        for (String property : new String[] {GROUP, DESCRIPTION}) {
            before.put(property, context.getLocalProperty(property));
        }
    }

    /**
     * Begins an action.
     *
     * @param action as people know it, such as {@code fcn label}
     */
    public static NamedJobs begin(SparkContext context, String action) {
        NamedJobs jobs = new NamedJobs(context, action);
        context.addJobTag(jobs.tag);
        if (jobs.before.get(GROUP) == null) {
            context.setLocalProperty(GROUP, action);
        }
        context.setJobDescription(action);
        return jobs;
    }

    /** What the jobs from now on do. */
    public void describe(String step) {
        context.setJobDescription(action + ": " + step);
    }

    /** Cancels what runs of the action; any thread may do so. */
    public void cancel() {
        context.cancelJobsWithTag(tag);
    }

    /** Lets the thread's jobs look as they did before. */
    @Override
    public void close() {
        context.removeJobTag(tag);
        before.forEach(context::setLocalProperty);
    }
}
