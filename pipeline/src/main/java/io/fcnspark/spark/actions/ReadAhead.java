package io.fcnspark.spark.actions;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * Applies a slow function to the elements of an iterator in background threads, ahead of whoever reads the results, which
 * come in the order of the source. Memory is bounded: no more than {@code depth} elements are under way, and while results
 * that wait weigh more than {@code budget} only the next one in line is started.
 *
 * <p>The source is read by the reading thread alone. The function must not throw but for a fault of ours, which the reader
 * then gets.
 */
final class ReadAhead<T, R> implements Iterator<R>, AutoCloseable {
    private final Iterator<T> source;
    private final Function<T, R> function;
    private final ToLongFunction<R> weight;
    private final int depth;
    private final long budget;
    private final ExecutorService threads;
    private final ArrayDeque<Future<R>> underWay = new ArrayDeque<>();

    private final Object lock = new Object();
    private long submitted;
    private long nextInLine;
    private long waitingWeight;

    ReadAhead(
            Iterator<T> source,
            Function<T, R> function,
            ToLongFunction<R> weight,
            int threads,
            int depth,
            long budget) {
        this.source = source;
        this.function = function;
        this.weight = weight;
        this.depth = depth;
        this.budget = budget;
        this.threads = Executors.newFixedThreadPool(threads, daemons());
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
        while (underWay.size() < depth && source.hasNext()) {
            T element = source.next();
            long sequence = submitted++;
            underWay.add(threads.submit(() -> apply(element, sequence)));
        }
    }

    private R apply(T element, long sequence) throws InterruptedException {
        synchronized (lock) {
            while (waitingWeight > budget && sequence != nextInLine) {
                lock.wait();
            }
        }
        R result = function.apply(element);
        synchronized (lock) {
            waitingWeight += weight.applyAsLong(result);
        }
        return result;
    }

    private R await(Future<R> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for an image", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Stops the threads; results that nobody has read are lost. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
