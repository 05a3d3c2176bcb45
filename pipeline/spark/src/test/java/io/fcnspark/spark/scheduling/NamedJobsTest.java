package io.fcnspark.spark.scheduling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fcnspark.spark.SharedSpark;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class NamedJobsTest {
    private static final CountDownLatch STARTED = new CountDownLatch(1);

    private final SparkContext context = SharedSpark.session().sparkContext();
    private final List<Properties> jobs = new CopyOnWriteArrayList<>();

    private final SparkListener listener = new SparkListener() {
        @Override
        public void onJobStart(SparkListenerJobStart start) {
            jobs.add(start.properties());
        }
    };

    @AfterEach
    void forget() {
        context.removeSparkListener(listener);
        context.clearJobGroup();
    }

    private void job() {
        new JavaSparkContext(context).parallelize(List.of(1)).count();
    }

    private List<String> properties(String name) throws Exception {
        context.listenerBus().waitUntilEmpty();
        return jobs.stream().map(job -> String.valueOf(job.getProperty(name))).toList();
    }

    @Test
    void jobsHaveLinesThatPeopleCanReadAndTheCallersHaveNot() throws Exception {
        context.addSparkListener(listener);
        try (NamedJobs named = NamedJobs.begin(context, "fcn label")) {
            job();
            named.describe("wave 1 of 2");
            job();
        }
        job();

        assertThat(properties("spark.job.description")).containsExactly("fcn label", "fcn label: wave 1 of 2", "null");
        assertThat(properties("spark.jobGroup.id")).containsExactly("fcn label", "fcn label", "null");
        assertThat(properties("spark.job.tags").get(2)).isIn("null", "");
    }

    @Test
    void theGroupThatACallerCancelsStays() throws Exception {
        context.addSparkListener(listener);
        context.setJobGroup("cell 7", "what the notebook says", false);
        try (NamedJobs named = NamedJobs.begin(context, "fcn label")) {
            named.describe("report");
            job();
        }
        job();

        assertThat(properties("spark.jobGroup.id")).containsExactly("cell 7", "cell 7");
        assertThat(properties("spark.job.description")).containsExactly("fcn label: report", "what the notebook says");
    }

    @Test
    void whatRunsIsCancelledByAnyThread() {
        try (NamedJobs named = NamedJobs.begin(context, "fcn label")) {
            Thread other = new Thread(() -> {
                try {
                    STARTED.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                named.cancel();
            });
            other.start();
            assertThatThrownBy(() -> new JavaSparkContext(context)
                            .parallelize(List.of(1))
                            .foreach(one -> {
                                STARTED.countDown();
                                while (!org.apache.spark.TaskContext.get().isInterrupted()) {
                                    Thread.sleep(10);
                                }
                            }))
                    .hasMessageContaining("cancelled");
        }
        job();
    }
}
