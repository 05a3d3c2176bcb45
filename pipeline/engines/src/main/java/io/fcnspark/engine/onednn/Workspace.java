package io.fcnspark.engine.onednn;

import static io.fcnspark.engine.onednn.OneDnn.check;

import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.global.dnnl;

/** What one run at a time needs: memory for activations, which grows to what the largest run needed, and a stream. */
final class Workspace implements AutoCloseable {
    private final dnnl_stream stream = new dnnl_stream();
    private NativeBlock arena = new NativeBlock(0);

    Workspace() {
        check(dnnl.dnnl_stream_create(stream, OneDnn.library().cpu(), dnnl.dnnl_stream_default_flags), "a stream");
    }

    dnnl_stream stream() {
        return stream;
    }

    /** Memory of at least that size, with arbitrary content. */
    NativeBlock arena(long bytes) {
        if (arena.bytes() < bytes) {
            arena.close();
            arena = new NativeBlock(0);
            arena = new NativeBlock(bytes);
        }
        return arena;
    }

    @Override
    public void close() {
        arena.close();
        dnnl.dnnl_stream_destroy(stream);
    }
}
