package io.fcnspark.spark.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import io.fcnspark.spark.SharedSpark;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TaskSlotsTest {
    @ParameterizedTest(name = "{0}, {1} now on {2} executors: {3}")
    @CsvSource(delimiter = '|', textBlock = """
                    # Nothing is known but what is there.
                    | 0 | 0 | 2
                    | 12 | 3 | 12
                    # Of ten executors two cores have come so far.
                    dynamicAllocation.enabled=true dynamicAllocation.maxExecutors=10 executor.cores=4 | 2 | 1 | 40
                    dynamicAllocation.enabled=true dynamicAllocation.maxExecutors=10 executor.cores=4 task.cpus=2 | 2 | 1 | 20
                    dynamicAllocation.enabled=true dynamicAllocation.maxExecutors=10 | 4 | 1 | 40
                    # What an executor has is not known before the first is there.
                    dynamicAllocation.enabled=true dynamicAllocation.maxExecutors=10 | 0 | 0 | 10
                    # Not bounded: those that are there.
                    dynamicAllocation.enabled=true executor.cores=4 | 8 | 2 | 8
                    dynamicAllocation.enabled=true dynamicAllocation.maxExecutors=2147483647 executor.cores=4 | 8 | 2 | 8
                    # What it begins with, which is no bound.
                    dynamicAllocation.enabled=true executor.instances=3 executor.cores=4 | 4 | 1 | 4
                    executor.instances=3 executor.cores=4 | 4 | 1 | 12
                    cores.max=16 | 2 | 1 | 16
                    dynamicAllocation.enabled=true dynamicAllocation.maxExecutors=10 executor.cores=4 cores.max=16 | 2 | 1 | 16
                    # Eight cores, and one GPU for two tasks.
                    executor.instances=3 executor.cores=8 executor.resource.gpu.amount=1 task.resource.gpu.amount=0.5 | 2 | 1 | 6
                    """)
    void whatAClusterHasRoomFor(String settings, int now, int executors, int expected) {
        SparkConf conf = new SparkConf(false);
        if (settings != null) {
            for (String setting : settings.split(" ")) {
                conf.set("spark." + setting.split("=")[0], setting.split("=")[1]);
            }
        }
        assertThat(TaskSlots.expected(conf, now, executors)).isEqualTo(expected);
    }

    @Test
    void inOneProcessTheyAreItsThreads() {
        assertThat(TaskSlots.expected(SharedSpark.session().sparkContext())).isEqualTo(2);
    }
}
