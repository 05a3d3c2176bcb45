package io.fcnspark.engine.onednn;

import static io.fcnspark.engine.onednn.OneDnn.check;

import java.util.ArrayDeque;
import java.util.Deque;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_post_ops;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.Pointer;

/** Objects of the library that live until this is closed. */
final class Handles implements AutoCloseable {
    /** A number and a pointer, aligned. */
    private static final int ARGUMENT_BYTES = 16;

    private final Deque<Runnable> releases = new ArrayDeque<>();

    /** What the library calls an object, from it to here and back. */
    @FunctionalInterface
    interface Creation<T> {
        int into(T handle);
    }

    /** A tensor in one of the library's plain layouts. */
    dnnl_memory_desc plain(int dataType, int layout, long... dimensions) {
        dnnl_memory_desc descriptor = new dnnl_memory_desc();
        check(
                dnnl.dnnl_memory_desc_create_with_tag(descriptor, dimensions.length, dimensions, dataType, layout),
                "a descriptor");
        return keep(descriptor);
    }

    /** A window of a tensor, which it shares memory with. */
    dnnl_memory_desc window(dnnl_memory_desc of, long[] dimensions, long[] offsets) {
        dnnl_memory_desc descriptor = new dnnl_memory_desc();
        check(dnnl.dnnl_memory_desc_create_submemory(descriptor, of, dimensions, offsets), "a window");
        return keep(descriptor);
    }

    /** A descriptor of a primitive's, which outlives it. */
    dnnl_memory_desc copy(dnnl_primitive_desc of, int query) {
        return copy(dnnl.dnnl_primitive_desc_query_md(of, query, 0));
    }

    /** The same descriptor, which outlives the other. */
    dnnl_memory_desc copy(dnnl_memory_desc of) {
        dnnl_memory_desc descriptor = new dnnl_memory_desc();
        check(dnnl.dnnl_memory_desc_clone(descriptor, of), "a descriptor");
        return keep(descriptor);
    }

    /** A description of a primitive. */
    dnnl_primitive_desc describe(String what, Creation<dnnl_primitive_desc> creation) {
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        check(creation.into(description), what);
        releases.push(() -> dnnl.dnnl_primitive_desc_destroy(description));
        return description;
    }

    /** The code of a primitive. */
    dnnl_primitive primitive(String what, dnnl_primitive_desc description) {
        dnnl_primitive primitive = new dnnl_primitive();
        check(dnnl.dnnl_primitive_create(primitive, description), what);
        releases.push(() -> dnnl.dnnl_primitive_destroy(primitive));
        return primitive;
    }

    /** A tensor at a place. */
    dnnl_memory memory(dnnl_memory_desc descriptor, Pointer place) {
        dnnl_memory memory = new dnnl_memory();
        check(dnnl.dnnl_memory_create(memory, descriptor, OneDnn.library().cpu(), place), "a tensor");
        releases.push(() -> dnnl.dnnl_memory_destroy(memory));
        return memory;
    }

    /** Attributes of primitives that get their working memory from outside. */
    dnnl_primitive_attr attributes() {
        dnnl_primitive_attr attributes = new dnnl_primitive_attr();
        check(dnnl.dnnl_primitive_attr_create(attributes), "attributes");
        releases.push(() -> dnnl.dnnl_primitive_attr_destroy(attributes));
        check(dnnl.dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl.dnnl_scratchpad_mode_user), "attributes");
        return attributes;
    }

    /** Says that an argument is multiplied by numbers which are given with each run. */
    void scale(dnnl_primitive_attr attributes, int argument, int mask) {
        check(dnnl.dnnl_primitive_attr_set_scales_mask(attributes, argument, mask), "attributes");
    }

    /** … and end with a ReLU. */
    dnnl_primitive_attr attributesWithRelu() {
        dnnl_primitive_attr attributes = attributes();
        dnnl_post_ops operations = new dnnl_post_ops();
        check(dnnl.dnnl_post_ops_create(operations), "attributes");
        try {
            check(dnnl.dnnl_post_ops_append_eltwise(operations, dnnl.dnnl_eltwise_relu, 0, 0), "a ReLU");
            check(dnnl.dnnl_primitive_attr_set_post_ops(attributes, operations), "attributes");
        } finally {
            dnnl.dnnl_post_ops_destroy(operations);
        }
        return attributes;
    }

    /** Memory. */
    NativeBlock block(long bytes) {
        NativeBlock block = new NativeBlock(bytes);
        releases.push(block::close);
        return block;
    }

    /** Room for the arguments of a primitive. */
    dnnl_exec_arg_t arguments(int count) {
        return new dnnl_exec_arg_t(block((long) count * ARGUMENT_BYTES).at(0));
    }

    private dnnl_memory_desc keep(dnnl_memory_desc descriptor) {
        releases.push(() -> dnnl.dnnl_memory_desc_destroy(descriptor));
        return descriptor;
    }

    @Override
    public void close() {
        while (!releases.isEmpty()) {
            releases.pop().run();
        }
    }
}
