package io.fcnspark.spark.storage;

import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;

/**
 * Storages by the schemes of their URIs. None is asked for anything.
 *
 * @param present with the class that knows them
 * @param missing whose class is not on the class path, with the artifact that brings it
 */
public record Storages(SortedMap<String, String> present, SortedMap<String, String> missing) {
    private static final Pattern SETTING = Pattern.compile("fs\\.([^.]+)\\.impl");

    public Storages {
        present = Collections.unmodifiableSortedMap(new TreeMap<>(present));
        missing = Collections.unmodifiableSortedMap(new TreeMap<>(missing));
    }

    /** Those that Hadoop finds with a configuration. */
    public static Storages find(Configuration configuration) {
        SortedMap<String, String> present = new TreeMap<>();
        Iterator<FileSystem> services = ServiceLoader.load(FileSystem.class).iterator();
        while (hasNext(services)) {
            try {
                FileSystem service = services.next();
                present.put(service.getScheme(), service.getClass().getName());
            } catch (ServiceConfigurationError | UnsupportedOperationException | LinkageError e) {
                // As Hadoop itself does, which tries the others.
            }
        }
        SortedMap<String, String> missing = new TreeMap<>(Connectors.artifacts());
        for (Map.Entry<String, String> setting :
                configuration.getValByRegex(SETTING.pattern()).entrySet()) {
            Matcher scheme = SETTING.matcher(setting.getKey());
            if (scheme.matches() && configuration.getClassByNameOrNull(setting.getValue()) != null) {
                present.put(scheme.group(1), setting.getValue());
            }
        }
        missing.keySet().removeAll(present.keySet());
        return new Storages(present, missing);
    }

    private static boolean hasNext(Iterator<FileSystem> services) {
        try {
            return services.hasNext();
        } catch (ServiceConfigurationError e) {
            return true;
        }
    }
}
