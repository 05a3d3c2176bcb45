package io.fcnspark.labelling;

import io.fcnspark.engine.PhaseListener;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Adds up what the stages of one task take. Safe for use by several threads; costs some nanoseconds a reading. */
public final class StageClock implements PhaseListener {
    private final Map<Stage, LongAdder> nanos = new EnumMap<>(Stage.class);
    private final LongAdder images = new LongAdder();
    private volatile Instant firstLabel;

    public StageClock() {
        for (Stage stage : Stage.values()) {
            nanos.put(stage, new LongAdder());
        }
    }

    /** Work that may fail. */
    @FunctionalInterface
    interface Work<T, E extends Exception, F extends Exception> {
        T run() throws E, F;
    }

    /** Does some work and counts its time towards a stage. */
    <T, E extends Exception, F extends Exception> T time(Stage stage, Work<T, E, F> work) throws E, F {
        long start = System.nanoTime();
        try {
            return work.run();
        } finally {
            add(stage, System.nanoTime() - start);
        }
    }

    /** Counts time towards a stage. */
    void add(Stage stage, long time) {
        nanos.get(stage).add(time);
    }

    @Override
    public void took(Phase phase, long time) {
        add(
                switch (phase) {
                    case PREPROCESS -> Stage.PREPROCESS;
                    case NETWORK -> Stage.NETWORK;
                    case POSTPROCESS -> Stage.POSTPROCESS;
                },
                time);
    }

    /** Counts an image that came to its end. */
    public void done(Instant at) {
        if (firstLabel == null) {
            firstLabel = at;
        }
        images.increment();
    }

    /** What it came to so far. */
    public StageTimes times() {
        Map<Stage, Long> sums = new EnumMap<>(Stage.class);
        nanos.forEach((stage, sum) -> sums.put(stage, sum.sum()));
        return new StageTimes(images.sum(), sums, firstLabel);
    }
}
