package io.fcnspark.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;

/** Does pieces of work in several threads, of which the caller's is one. Others are made as needed, and go when idle. */
final class Workers implements AutoCloseable {
    private final int threads;
    private final ExecutorService helpers = Executors.newCachedThreadPool(Workers::thread);

    /** Each call of {@link #forEach} may use that many threads. */
    Workers(int threads) {
        this.threads = threads;
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "segmenter");
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Does the pieces 0 … {@code pieces - 1}. Returns, also with an exception, when no thread does any of them any more: what
     * they read may then be used for something else.
     *
     * @throws RuntimeException what a piece threw first; pieces that nobody had begun are then left undone
     */
    void forEach(int pieces, IntConsumer piece) {
        AtomicInteger next = new AtomicInteger();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Runnable work = () -> {
            try {
                for (int i = next.getAndIncrement(); i < pieces; i = next.getAndIncrement()) {
                    piece.accept(i);
                }
            } catch (RuntimeException | Error e) {
                failure.compareAndSet(null, e);
                next.set(pieces);
            }
        };
        List<CompletableFuture<Void>> others = new ArrayList<>();
        try {
            for (int i = 1; i < Math.min(threads, pieces); i++) {
                others.add(CompletableFuture.runAsync(work, helpers));
            }
            work.run();
        } finally {
            others.forEach(CompletableFuture::join);
        }
        if (failure.get() instanceof Error e) {
            throw e;
        }
        if (failure.get() instanceof RuntimeException e) {
            throw e;
        }
    }

    @Override
    public void close() {
        helpers.shutdown();
    }
}
