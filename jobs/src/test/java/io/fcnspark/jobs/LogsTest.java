package io.fcnspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.spark.SparkContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LogsTest {
    private final URI before = ((org.apache.logging.log4j.core.LoggerContext) LogManager.getContext(false))
            .getConfiguration()
            .getConfigurationSource()
            .getURI();

    @AfterEach
    void restore() {
        Configurator.reconfigure(before);
    }

    @Test
    void whereNobodyConfiguredLoggingSparkSpeaksUpFromWarnings() throws Exception {
        Configurator.reconfigure(SparkContext.class
                .getClassLoader()
                .getResource("org/apache/spark/log4j2-defaults.properties")
                .toURI());
        assertThat(LogManager.getLogger("org.apache.spark.scheduler.DAGScheduler")
                        .getLevel())
                .isEqualTo(Level.INFO);
        Logs.quietSparksDefaults();
        assertThat(LogManager.getLogger("org.apache.spark.scheduler.DAGScheduler")
                        .getLevel())
                .isEqualTo(Level.WARN);
        assertThat(LogManager.getLogger("io.fcnspark.jobs.Label").getLevel()).isEqualTo(Level.INFO);
    }

    @Test
    void whatSomebodyConfiguredStays() {
        Configurator.setLevel("org.apache.spark", Level.DEBUG);
        Logs.quietSparksDefaults();
        assertThat(LogManager.getLogger("org.apache.spark.SparkContext").getLevel())
                .isEqualTo(Level.DEBUG);
    }
}
