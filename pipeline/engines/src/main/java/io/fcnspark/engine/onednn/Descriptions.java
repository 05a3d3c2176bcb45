package io.fcnspark.engine.onednn;

import static io.fcnspark.engine.onednn.OneDnn.check;

import io.fcnspark.engine.Precision;
import io.fcnspark.network.Fcn;
import io.fcnspark.network.Layer;
import io.fcnspark.network.Layer.Activation;
import io.fcnspark.network.Layer.Convolution;
import io.fcnspark.network.Layer.MaxPool;
import io.fcnspark.network.Layer.TransposedConvolution;
import io.fcnspark.network.Shape;
import io.fcnspark.weights.Quantisation;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * Layers in the words of the library. Layouts of activations are left to it. Scores, from the convolutions without a ReLU on,
 * are fp32 in every precision: they are small, and rounding them to bf16 would make ties.
 *
 * @param types number formats of the convolutions, by name
 */
record Descriptions(dnnl_engine cpu, Map<String, Types> types) {
    /**
     * What the library chooses first, by products of small matrices, takes nearly twice as long for fc6 (7x7) in fp32 as its direct
     * convolution, which comes second: 400 to 440 against 220 to 260 ms for an image of 512x512 on two processors.
     */
    private static final int LARGEST_FOR_BRGEMM = 3;

    /** Masks of scales: a bit for each dimension along which they differ. */
    private static final int BY_OUTPUT_CHANNEL = 1;

    private static final int ONE_FOR_ALL = 0;

    private static final long[] ONES = {1, 1};
    private static final long[] ZEROS = {0, 0};

    Descriptions {
        types = Map.copyOf(types);
    }

    /** Number formats of a convolution: of what it reads, its weights, and its result. */
    record Types(int source, int weights, int result) {
        private static final Set<Integer> INTEGERS = Set.of(dnnl.dnnl_u8, dnnl.dnnl_s8);

        /** Whether it computes in integers. */
        boolean inIntegers() {
            return INTEGERS.contains(weights);
        }

        /** Whether its result is stored in integers. */
        boolean toIntegers() {
            return INTEGERS.contains(result);
        }
    }

    /**
     * Of a network in a precision.
     *
     * @param quantisation what is in integers, in int8
     */
    static Descriptions of(List<Layer> layers, Precision precision, Quantisation quantisation) {
        Map<String, Types> types = new HashMap<>();
        for (Layer layer : layers) {
            if (layer instanceof Convolution c) {
                types.put(c.name(), types(c, layers, precision, quantisation));
            }
        }
        return new Descriptions(OneDnn.library().cpu(), types);
    }

    private static Types types(Convolution c, List<Layer> layers, Precision precision, Quantisation quantisation) {
        if (quantisation.includes(c.name())) {
            boolean image = Quantisation.source(layers, c).equals(Fcn.DATA);
            boolean stored = quantisation.scale(c.name()).isPresent();
            return new Types(image ? dnnl.dnnl_s8 : dnnl.dnnl_u8, dnnl.dnnl_s8, stored ? dnnl.dnnl_u8 : dnnl.dnnl_f32);
        }
        int real = precision == Precision.BF16 ? dnnl.dnnl_bf16 : dnnl.dnnl_f32;
        return new Types(real, real, c.activation() == Activation.RELU ? real : dnnl.dnnl_f32);
    }

    /**
     * A convolution with its activation.
     *
     * @param weights layout of its weights, or that any will do
     */
    dnnl_primitive_desc convolution(
            Handles handles, Convolution c, int count, Shape in, Shape out, dnnl_memory_desc weights) {
        Types formats = types.get(c.name());
        dnnl_memory_desc source = handles.plain(formats.source(), dnnl.dnnl_format_tag_any, dimensions(count, in));
        dnnl_memory_desc bias = handles.plain(dnnl.dnnl_f32, dnnl.dnnl_x, c.channels());
        dnnl_memory_desc result = handles.plain(formats.result(), dnnl.dnnl_format_tag_any, dimensions(count, out));
        dnnl_primitive_attr attributes =
                c.activation() == Activation.RELU ? handles.attributesWithRelu() : handles.attributes();
        if (formats.inIntegers()) {
            handles.scale(attributes, dnnl.DNNL_ARG_WEIGHTS, BY_OUTPUT_CHANNEL);
        }
        long[] padding = {c.padding(), c.padding()};
        Supplier<dnnl_primitive_desc> firstChoice = () -> handles.describe(
                c.name(),
                description -> dnnl.dnnl_convolution_forward_primitive_desc_create(
                        description,
                        cpu,
                        dnnl.dnnl_forward_inference,
                        dnnl.dnnl_convolution_direct,
                        source,
                        weights,
                        bias,
                        result,
                        ONES,
                        ZEROS,
                        padding,
                        padding,
                        attributes));
        return formats.weights() == dnnl.dnnl_f32 && c.kernel() > LARGEST_FOR_BRGEMM
                ? direct(firstChoice.get()).orElseGet(firstChoice)
                : firstChoice.get();
    }

    /** The library's direct convolution for AVX-512, if it has one for this; the description changes meanwhile. */
    private static Optional<dnnl_primitive_desc> direct(dnnl_primitive_desc description) {
        do {
            if (implementation(description).startsWith("jit:avx512")) {
                return Optional.of(description);
            }
        } while (dnnl.dnnl_primitive_desc_next_impl(description) == dnnl.dnnl_success);
        return Optional.empty();
    }

    /**
     * A transposed convolution.
     *
     * @param weights layout of its weights: {@code [out, in, k, k]}, or with one group a channel {@code [channels, 1, 1, k, k]}
     */
    dnnl_primitive_desc transposedConvolution(
            Handles handles, TransposedConvolution t, int count, Shape in, Shape out, dnnl_memory_desc weights) {
        dnnl_memory_desc source = handles.plain(dnnl.dnnl_f32, dnnl.dnnl_format_tag_any, dimensions(count, in));
        dnnl_memory_desc result = handles.plain(dnnl.dnnl_f32, dnnl.dnnl_format_tag_any, dimensions(count, out));
        dnnl_primitive_attr attributes = handles.attributes();
        long[] stride = {t.stride(), t.stride()};
        long[] padding = {t.padding(), t.padding()};
        return handles.describe(
                t.name(),
                description -> dnnl.dnnl_deconvolution_forward_primitive_desc_create(
                        description,
                        cpu,
                        dnnl.dnnl_forward_inference,
                        dnnl.dnnl_deconvolution_direct,
                        source,
                        weights,
                        null,
                        result,
                        stride,
                        ZEROS,
                        padding,
                        padding,
                        attributes));
    }

    /** A pool whose last windows reach over the edge where they have to. */
    dnnl_primitive_desc pool(
            Handles handles, MaxPool p, int count, Shape in, Shape out, int dataType, dnnl_memory_desc source) {
        dnnl_memory_desc result = handles.plain(dataType, dnnl.dnnl_format_tag_any, dimensions(count, out));
        long[] stride = {p.stride(), p.stride()};
        long[] kernel = {p.kernel(), p.kernel()};
        long[] beyond = {beyond(in.height(), out.height(), p), beyond(in.width(), out.width(), p)};
        dnnl_primitive_attr attributes = handles.attributes();
        return handles.describe(
                p.name(),
                description -> dnnl.dnnl_pooling_forward_primitive_desc_create(
                        description,
                        cpu,
                        dnnl.dnnl_forward_inference,
                        dnnl.dnnl_pooling_max,
                        source,
                        result,
                        stride,
                        kernel,
                        ZEROS,
                        ZEROS,
                        beyond,
                        attributes));
    }

    private static long beyond(int in, int out, MaxPool p) {
        return (out - 1L) * p.stride() + p.kernel() - in;
    }

    /** A copy into another layout or number format. */
    dnnl_primitive_desc reorder(Handles handles, dnnl_memory_desc from, dnnl_memory_desc to) {
        dnnl_primitive_attr attributes = handles.attributes();
        return handles.describe(
                "a reorder",
                description -> dnnl.dnnl_reorder_primitive_desc_create(description, from, cpu, to, cpu, attributes));
    }

    /** A copy into another layout and number format, of values times a number that is given with each run. */
    dnnl_primitive_desc scaledReorder(Handles handles, dnnl_memory_desc from, dnnl_memory_desc to) {
        dnnl_primitive_attr attributes = handles.attributes();
        handles.scale(attributes, dnnl.DNNL_ARG_FROM, ONE_FOR_ALL);
        return handles.describe(
                "a scaled reorder",
                description -> dnnl.dnnl_reorder_primitive_desc_create(description, from, cpu, to, cpu, attributes));
    }

    /** The product with a number. */
    dnnl_primitive_desc scale(Handles handles, dnnl_memory_desc values, double factor) {
        dnnl_primitive_attr attributes = handles.attributes();
        return handles.describe(
                "a product",
                description -> dnnl.dnnl_eltwise_forward_primitive_desc_create(
                        description,
                        cpu,
                        dnnl.dnnl_forward_inference,
                        dnnl.dnnl_eltwise_linear,
                        values,
                        values,
                        (float) factor,
                        0,
                        attributes));
    }

    /** A sum. */
    dnnl_primitive_desc add(Handles handles, dnnl_memory_desc left, dnnl_memory_desc right) {
        dnnl_primitive_attr attributes = handles.attributes();
        return handles.describe(
                "a sum",
                description -> dnnl.dnnl_binary_primitive_desc_create(
                        description, cpu, dnnl.dnnl_binary_add, left, right, left, attributes));
    }

    /** The name of the code that the library has chosen. */
    static String implementation(dnnl_primitive_desc description) {
        try (Handles handles = new Handles()) {
            Address place = handles.block(Long.BYTES).at(0);
            check(
                    dnnl.dnnl_primitive_desc_query(description, dnnl.dnnl_query_impl_info_str, 0, place),
                    "the name of a primitive");
            return new PointerPointer<BytePointer>(place).get(BytePointer.class).getString();
        }
    }

    static long[] dimensions(int count, Shape shape) {
        return new long[] {count, shape.channels(), shape.height(), shape.width()};
    }
}
