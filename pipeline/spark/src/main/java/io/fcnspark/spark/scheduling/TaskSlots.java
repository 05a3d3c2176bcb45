package io.fcnspark.spark.scheduling;

import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;

/**
 * How many tasks run at the same time. Executors register while a run goes on, and with dynamic allocation only because there are
 * tasks that wait for them, so those that are there do not say how many there will be. What is known is taken:
 *
 * <ul>
 *   <li>the executors that there will be: {@code spark.dynamicAllocation.maxExecutors} if dynamic allocation is on, else
 *       {@code spark.executor.instances};
 *   <li>the tasks of each: {@code spark.executor.cores} over {@code spark.task.cpus}, and as many as its GPUs serve; where
 *       {@code spark.executor.cores} is not set, as many as those have that are there;
 *   <li>{@code spark.cores.max}, which bounds all of them;
 *   <li>and never fewer than those that are there now.
 * </ul>
 *
 * <p>Where the executors are not bounded either, those count that are there. Tasks that wait make Spark ask for more, so the next
 * look finds more.
 */
public final class TaskSlots {
    /** Spark assumes two, too, before any executor is there. */
    private static final int LEAST = 2;

    private TaskSlots() {}

    /** Tasks that run at the same time, at most, as far as can be known now. */
    public static int expected(SparkContext context) {
        int now = context.maxNumConcurrentTasks(context.resourceProfileManager().defaultResourceProfile());
        if (context.isLocal()) {
            return Math.max(1, now);
        }
        // The driver is among them.
        int executors = context.statusTracker().getExecutorInfos().length - 1;
        return expected(context.getConf(), now, executors);
    }

    /**
     * As {@link #expected(SparkContext)}, on a cluster.
     *
     * @param now tasks that the registered executors can run
     * @param executors that are registered
     */
    static int expected(SparkConf conf, int now, int executors) {
        int cpus = conf.getInt("spark.task.cpus", 1);
        long perExecutor = conf.contains("spark.executor.cores")
                ? conf.getInt("spark.executor.cores", 1) / cpus
                : executors > 0 ? Math.max(1, now / executors) : 1;
        double gpusOfTask = conf.getDouble("spark.task.resource.gpu.amount", 0);
        if (gpusOfTask > 0) {
            perExecutor = Math.min(
                    perExecutor, (long) (conf.getDouble("spark.executor.resource.gpu.amount", 0) / gpusOfTask));
        }
        long known = perExecutor * mostExecutors(conf);
        if (conf.contains("spark.cores.max")) {
            known = Math.min(
                    known == 0 ? Long.MAX_VALUE : known, Math.max(1, conf.getInt("spark.cores.max", 1) / cpus));
        }
        return (int) Math.max(LEAST, Math.max(now, Math.min(known, Integer.MAX_VALUE / 64)));
    }

    /** 0 if it is not known. */
    private static int mostExecutors(SparkConf conf) {
        if (!conf.getBoolean("spark.dynamicAllocation.enabled", false)) {
            return conf.getInt("spark.executor.instances", 0);
        }
        int most = conf.getInt("spark.dynamicAllocation.maxExecutors", Integer.MAX_VALUE);
        return most == Integer.MAX_VALUE ? 0 : most;
    }
}
