package io.fcnspark.labelling;

import java.util.Iterator;

/**
 * Passes rows on and counts as {@link Stage#WRITE} the time that their reader keeps them: from each row to the question for the
 * next one, and from the end of rows to the end of the task.
 */
public final class WriteTimer<T> implements Iterator<T>, AutoCloseable {
    private final Iterator<T> rows;
    private final StageClock clock;
    private long handedOver;

    public WriteTimer(Iterator<T> rows, StageClock clock) {
        this.rows = rows;
        this.clock = clock;
        this.handedOver = System.nanoTime();
    }

    @Override
    public boolean hasNext() {
        count();
        boolean more = rows.hasNext();
        handedOver = System.nanoTime();
        return more;
    }

    @Override
    public T next() {
        count();
        T row = rows.next();
        handedOver = System.nanoTime();
        return row;
    }

    /** The task is at its end. */
    @Override
    public void close() {
        count();
    }

    private void count() {
        clock.add(Stage.WRITE, System.nanoTime() - handedOver);
    }
}
