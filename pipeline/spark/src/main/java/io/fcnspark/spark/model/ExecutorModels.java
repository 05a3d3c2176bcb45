package io.fcnspark.spark.model;

import io.fcnspark.engine.Device;
import io.fcnspark.engine.Segmenter;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The models of this JVM: one in native memory for each key and device, shared by all its tasks. A model that no task uses
 * stays for the next one; it is closed when another model is loaded.
 */
public final class ExecutorModels {
    /** The one of an executor; what Spark sends to it finds its model here. */
    public static final ExecutorModels INSTANCE = new ExecutorModels();

    private final Map<Place, Entry> entries = new HashMap<>();

    private record Place(String key, Device device) {}

    /**
     * A model to use until the lease is closed. The first caller of a key and device loads, others of the same wait for it.
     *
     * @param key what tells models apart: hash of the weights, engine, precision, threads
     * @param device where it is loaded
     */
    public Lease acquire(String key, Device device, Supplier<Segmenter> load) {
        Entry entry;
        synchronized (this) {
            closeIdle(key);
            entry = entries.computeIfAbsent(new Place(key, device), place -> new Entry());
            entry.users++;
        }
        try {
            return new Lease(entry.segmenter(load), () -> release(entry));
        } catch (RuntimeException | Error e) {
            release(entry);
            throw e;
        }
    }

    private void closeIdle(String wanted) {
        for (Iterator<Map.Entry<Place, Entry>> i = entries.entrySet().iterator(); i.hasNext(); ) {
            Map.Entry<Place, Entry> entry = i.next();
            if (!entry.getKey().key().equals(wanted) && entry.getValue().users == 0) {
                i.remove();
                entry.getValue().close();
            }
        }
    }

    private synchronized void release(Entry entry) {
        entry.users--;
    }

    /** A model that may be used until it is given back. */
    public record Lease(Segmenter segmenter, Runnable giveBack) implements AutoCloseable {
        @Override
        public void close() {
            giveBack.run();
        }
    }

    private static final class Entry {
        private int users;
        private Segmenter segmenter;

        synchronized Segmenter segmenter(Supplier<Segmenter> load) {
            if (segmenter == null) {
                segmenter = load.get();
            }
            return segmenter;
        }

        synchronized void close() {
            if (segmenter != null) {
                segmenter.close();
            }
        }
    }
}
