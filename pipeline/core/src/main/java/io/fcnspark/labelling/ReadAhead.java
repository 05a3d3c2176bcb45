package io.fcnspark.labelling;

import io.fcnspark.engine.ThreadFailure;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * Applies two functions to the elements of an iterator in background threads, ahead of whoever reads the results, which come in
 * the order of the source: first one that waits for others (a storage), in many threads at once, then one that computes, in few.
 * Memory is bounded: no more than {@code depth} elements are under way, and while results that wait weigh more than
 * {@code budget} only the next one in line is computed.
 *
 * <p>The source is read by the reading thread alone. The functions must not throw but for a fault of ours, which the reader
 * then gets.
 */
public final class ReadAhead<T, F, R> implements Iterator<R>, AutoCloseable {

    private final Iterator<T> source;
    private final Function<T, F> fetch;
    private final Function<F, R> compute;
    private final ToLongFunction<R> weight;
    private final Limits limits;
    private final ExecutorService threads;
    private final ArrayDeque<Future<R>> underWay = new ArrayDeque<>();

    private final Object lock = new Object();
    private long submitted;
    private long nextInLine;
    private int computing;
    private long waitingWeight;

    /**
     * How much is done ahead.
     *
     * @param fetching elements that are fetched at once
     * @param computing elements that are computed at once; one more where it is the next in line
     * @param depth elements that are under way, from source to reader
     * @param budget weight of results that wait
     */
    public record Limits(int fetching, int computing, int depth, long budget) {}

    public ReadAhead(
            Iterator<T> source, Function<T, F> fetch, Function<F, R> compute, ToLongFunction<R> weight, Limits limits) {
        this.source = source;
        this.fetch = fetch;
        this.compute = compute;
        this.weight = weight;
        this.limits = limits;
        this.threads = Executors.newFixedThreadPool(limits.fetching(), daemons());
    }

    private static ThreadFactory daemons() {
        ThreadFactory factory = Executors.defaultThreadFactory();
        return runnable -> {
            Thread thread = factory.newThread(runnable);
            thread.setName("fcn-read-ahead-" + thread.getId());
            thread.setDaemon(true);
            return thread;
        };
    }

    @Override
    public boolean hasNext() {
        fill();
        return !underWay.isEmpty();
    }

    @Override
    public R next() {
        fill();
        Future<R> first = underWay.poll();
        if (first == null) {
            throw new NoSuchElementException();
        }
        R result = await(first);
        synchronized (lock) {
            waitingWeight -= weight.applyAsLong(result);
            nextInLine++;
            lock.notifyAll();
        }
        fill();
        return result;
    }

    private void fill() {
        while (underWay.size() < limits.depth() && source.hasNext()) {
            T element = source.next();
            long sequence = submitted++;
            underWay.add(threads.submit(() -> apply(element, sequence)));
        }
    }

    private R apply(T element, long sequence) throws InterruptedException {
        F fetched = fetch.apply(element);
        synchronized (lock) {
            while ((computing >= limits.computing() || waitingWeight > limits.budget()) && sequence != nextInLine) {
                lock.wait();
            }
            computing++;
        }
        try {
            R result = compute.apply(fetched);
            synchronized (lock) {
                waitingWeight += weight.applyAsLong(result);
            }
            return result;
        } finally {
            synchronized (lock) {
                computing--;
                lock.notifyAll();
            }
        }
    }

    private R await(Future<R> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for an image", e);
        } catch (ExecutionException e) {
            throw ThreadFailure.of(e);
        }
    }

    /** Stops the threads; results that nobody has read are lost. What runs at this moment may go on for a while. */
    @Override
    public void close() {
        threads.shutdownNow();
    }

    /** Stops the threads, and waits until nothing runs any more, even if interrupted. */
    void closeAndWait() {
        close();
        boolean interrupted = false;
        while (!threads.isTerminated()) {
            try {
                threads.awaitTermination(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
