package io.fcnspark.engine;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

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

    /** Does the pieces 0 … {@code pieces - 1}, and returns when all are done. */
    void forEach(int pieces, IntConsumer piece) {
        AtomicInteger next = new AtomicInteger();
        Runnable work = () -> {
            for (int i = next.getAndIncrement(); i < pieces; i = next.getAndIncrement()) {
                piece.accept(i);
            }
        };
        List<CompletableFuture<Void>> others = Stream.generate(() -> CompletableFuture.runAsync(work, helpers))
                .limit(Math.min(threads, pieces) - 1L)
                .toList();
        work.run();
        others.forEach(CompletableFuture::join);
    }

    @Override
    public void close() {
        helpers.shutdown();
    }
}
