package io.fcnspark.labelling;

import java.io.InterruptedIOException;
import java.util.function.Supplier;

/** Lets threads do something one after another, in the order in which they took their turns. Every turn has to be used. */
final class Turns {
    private long taken;
    private long current;

    /** A turn after all that are taken. */
    synchronized long take() {
        return taken++;
    }

    /**
     * Waits for a turn, and does something in it.
     *
     * @throws InterruptedIOException if it is no longer wanted
     */
    <T> T inTurn(long turn, Supplier<T> work) throws InterruptedIOException {
        await(turn);
        try {
            return work.get();
        } finally {
            end();
        }
    }

    private synchronized void await(long turn) throws InterruptedIOException {
        try {
            while (current != turn) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted before its turn");
        }
    }

    private synchronized void end() {
        current++;
        notifyAll();
    }
}
