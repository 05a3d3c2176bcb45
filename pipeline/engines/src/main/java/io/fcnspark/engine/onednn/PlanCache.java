package io.fcnspark.engine.onednn;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** Plans of the sizes that were used last. One that is in use is not closed before it is given back. */
final class PlanCache implements AutoCloseable {
    private final int capacity;
    private final Function<Size, Plan> compile;
    private final Map<Size, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

    /** Keeps up to {@code capacity} plans, and those in use. */
    PlanCache(int capacity, Function<Size, Plan> compile) {
        this.capacity = capacity;
        this.compile = compile;
    }

    /** What a plan is compiled for: images of a batch, and their height and width. */
    record Size(int count, int height, int width) {}

    /** A plan to use until the lease is closed. Who asks first compiles; others who want the same wait. */
    LentPlan acquire(Size size) {
        Entry entry;
        synchronized (this) {
            entry = entries.computeIfAbsent(size, s -> new Entry());
            entry.users++;
        }
        try {
            return new LentPlan(entry.plan(() -> compile.apply(size)), () -> release(entry));
        } catch (RuntimeException | Error e) {
            release(entry);
            throw e;
        }
    }

    /** Plans that are there. */
    synchronized int size() {
        return entries.size();
    }

    private synchronized void release(Entry released) {
        released.users--;
        Iterator<Entry> oldestFirst = entries.values().iterator();
        while (entries.size() > capacity && oldestFirst.hasNext()) {
            Entry entry = oldestFirst.next();
            if (entry.users == 0) {
                oldestFirst.remove();
                entry.close();
            }
        }
    }

    @Override
    public synchronized void close() {
        entries.values().forEach(Entry::close);
        entries.clear();
    }

    /** A plan that may be used until it is given back. */
    record LentPlan(Plan plan, Runnable giveBack) implements AutoCloseable {
        @Override
        public void close() {
            giveBack.run();
        }
    }

    private static final class Entry {
        private int users;
        private Plan plan;

        synchronized Plan plan(java.util.function.Supplier<Plan> compile) {
            if (plan == null) {
                plan = compile.get();
            }
            return plan;
        }

        synchronized void close() {
            if (plan != null) {
                plan.close();
            }
        }
    }
}
