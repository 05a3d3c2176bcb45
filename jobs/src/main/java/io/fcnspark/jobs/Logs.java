package io.fcnspark.jobs;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.ConfigurationSource;
import org.apache.logging.log4j.core.config.Configurator;

/** What is logged. */
final class Logs {
    /** What Spark falls back on where nobody configured logging. */
    private static final String SPARKS_DEFAULTS = "org/apache/spark/log4j2-defaults.properties";

    private static final String OURS = "log4j2.properties";

    private Logs() {}

    /**
     * Logs as an embedded run does where Spark would log as it does by default: hundreds of lines a minute, in which progress
     * drowns. Whoever configured logging gets what is configured.
     */
    static void quietSparksDefaults() {
        if (LogManager.getContext(false) instanceof LoggerContext context) {
            ConfigurationSource source = context.getConfiguration().getConfigurationSource();
            URL ours = Logs.class.getClassLoader().getResource(OURS);
            if (ours != null
                    && source.getLocation() != null
                    && source.getLocation().endsWith(SPARKS_DEFAULTS)) {
                Configurator.reconfigure(uri(ours));
            }
        }
    }

    private static URI uri(URL resource) {
        try {
            return resource.toURI();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
